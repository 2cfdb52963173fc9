import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { LockNode } from '../../_shared/database/locks.ts';
import type { LiveView } from '../../define.ts';
import type { LiveFacts } from '../analyze/facts.ts';
import { holderName, longestWaitBelow } from '../analyze/lock-forest.ts';

type Changes = LiveView['changes'];

/** Chains that began, and those that ended, between two looks at one database; null: it could not be looked at. */
export function changesBetween(
  target: string,
  before: LiveFacts | null,
  now: LiveFacts | null,
  atMs: number,
): Changes {
  if (now === null || !now.forest.known) return [];
  const old = before?.forest.known === true ? before.forest.value.roots : [];
  const { roots } = now.forest.value;
  const began = roots.filter((root) => !old.some((other) => isSame(other, root)));
  const ended = old.filter((root) => !roots.some((other) => isSame(other, root)));
  return [
    ...began.map((root) => ({
      atMs,
      text: `${target}: ${holderName(root)} holds up ${counted(root.victimCount, 'session')}`,
      data: { kind: 'blocking-began', target, ...summaryOf(root) },
    })),
    ...ended.map((root) => ({
      atMs,
      text: `${target}: nobody waits for ${holderName(root)} any more${afterText(root)}`,
      data: { kind: 'blocking-ended', target, ...summaryOf(root) },
    })),
  ];
}

function isSame(a: LockNode, b: LockNode): boolean {
  return a.pid === b.pid && a.gid === b.gid;
}

function afterText(root: LockNode): string {
  const waitMs = longestWaitBelow(root);
  return waitMs === null ? '' : `, after ${formatDuration(waitMs)} at least`;
}

function summaryOf(root: LockNode) {
  return { pid: root.pid, application: root.application, victims: root.victimCount };
}
