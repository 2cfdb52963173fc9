import type { Block, TreeNode } from '../../../core/block.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import { oneLine } from '../../../core/text.ts';
import type { LockForest, LockNode } from '../../_shared/database/locks.ts';

/** More of the same kind below one session are counted instead of shown. */
const MAX_VICTIMS = 6;
const MAX_ROOTS = 5;

/** Who holds what, and who waits for it; nothing when nobody waits. */
export function lockTree({ roots, cycles }: LockForest, title: string): Block[] {
  const trees: Block[] =
    roots.length === 0
      ? []
      : [
          {
            kind: 'tree',
            title: roots.length > MAX_ROOTS ? `${title} (${MAX_ROOTS} of ${roots.length} chains)` : title,
            roots: roots.slice(0, MAX_ROOTS).map(rootNode),
          },
        ];
  if (cycles.length === 0) return trees;
  const pids = cycles.map((cycle) => cycle.join(' → ')).join('; ');
  const text = `Waiting in a circle: ${pids}. The server ends one of each after deadlock_timeout.`;
  return [...trees, { kind: 'text', text, tone: 'warn' }];
}

function rootNode(root: LockNode): TreeNode {
  const parts = [
    nameOf(root),
    ...(root.user === null ? [] : [`as ${root.user}`]),
    stateOf(root),
    `holds up ${root.victimCount}`,
  ];
  return {
    label: parts.join(', '),
    tone: 'bad',
    children: [...statementOf(root), ...victimNodes(root.victims)],
  };
}

function victimNodes(victims: readonly LockNode[]): TreeNode[] {
  // What amplifies must not hide behind those that only wait.
  const shown = new Set([...victims.filter(({ amplifier }) => amplifier), ...victims].slice(0, MAX_VICTIMS));
  const hidden = victims.length - shown.size;
  const nodes = victims.filter((victim) => shown.has(victim)).map(victimNode);
  return hidden === 0 ? nodes : [...nodes, { label: `and ${hidden} more that wait for it`, tone: 'muted' }];
}

function victimNode(node: LockNode): TreeNode {
  const { wait } = node;
  const waitingMs = wait?.waitingMs ?? null;
  const waits = waitingMs === null ? 'waits' : `waits ${formatDuration(waitingMs)}`;
  const queued = wait?.soft === true ? ', queued' : '';
  return {
    label: `${nameOf(node)} ${waits}${wait === null ? '' : ` for ${wantedOf(wait)}`}${queued}`,
    ...(node.amplifier ? { tone: 'warn' as const } : {}),
    children: [
      ...(node.amplifier
        ? [
            {
              label: `AMPLIFIER: ${counted(node.victimCount, 'session')} would get through without it`,
              tone: 'warn' as const,
            },
          ]
        : []),
      ...statementOf(node),
      ...victimNodes(node.victims),
    ],
  };
}

/** A row lock is waited for as the transaction that has it. */
function wantedOf({ mode, object, lockType }: NonNullable<LockNode['wait']>): string {
  if (lockType === 'transactionid' || lockType === 'tuple') return `a row of ${object ?? 'some table'}`;
  return `${mode.replace(/Lock$/, '')} on ${object ?? lockType}`;
}

function nameOf({ pid, gid, application, user }: LockNode): string {
  if (gid !== null) return `prepared transaction ${gid}`;
  return `${pid} ${application || user || 'unnamed'}`;
}

function stateOf({ state, stateMs, transactionMs }: LockNode): string {
  const open = transactionMs === null ? '' : `, open ${formatDuration(transactionMs)}`;
  const since = stateMs === null ? '' : ` ${formatDuration(stateMs)}`;
  return `${state ?? 'prepared'}${since}${open}`;
}

function statementOf({ text }: LockNode): TreeNode[] {
  return text === null ? [] : [{ label: oneLine(text), tone: 'muted' }];
}
