import { formatDuration } from '../../../core/duration.ts';
import type { SqlDialect } from '../../../platform/sql/types.ts';
import type { LockForest, LockNode } from '../../_shared/database/locks.ts';
import { cancelStatement, terminateStatement } from './sessions.ts';

/** For sentences: `shop-worker (pid 4711)`, `the prepared transaction "x"`. */
export function holderName({ pid, gid, application, user }: LockNode): string {
  if (gid !== null) return `the prepared transaction ${JSON.stringify(gid)}`;
  const name = application === null || application === '' ? (user ?? 'a session') : application;
  return `${name} (pid ${pid})`;
}

/** All below the nodes, depth first. */
export function victimsOf(nodes: readonly LockNode[]): LockNode[] {
  return nodes.flatMap(({ victims }) => victims.flatMap((victim) => [victim, ...victimsOf([victim])]));
}

/** The session, where it stands in a chain; null: it holds up nobody and waits for nobody. */
export function nodeOf({ roots }: LockForest, pid: number): LockNode | null {
  return [...roots, ...victimsOf(roots)].find((node) => node.pid === pid) ?? null;
}

/** The longest wait below the node, in milliseconds; null when nobody waits. */
export function longestWaitBelow(node: LockNode): number | null {
  const waits = victimsOf([node]).flatMap(({ wait }) => wait?.waitingMs ?? []);
  return waits.length === 0 ? null : Math.max(...waits);
}

/** Those below it that hold up others while they only wait, the ones with most victims first. */
export function amplifiersOf(root: LockNode): LockNode[] {
  return victimsOf([root])
    .filter(({ amplifier }) => amplifier)
    .toSorted((a, b) => b.victimCount - a.victimCount);
}

/** What would end the incident with the least harm. Text for a person: nothing here is ever run. */
export interface Remedy {
  /** Complete sentences, in order. */
  steps: string[];
  /** The one statement that lets the victims go; null: nothing should be ended. */
  statement: string | null;
}

export function leastHarm(root: LockNode, dialect: SqlDialect): Remedy {
  const [amplifier] = amplifiersOf(root);
  const relief =
    amplifier === undefined
      ? []
      : [
          `First relief: cancel ${holderName(amplifier)}, which only waits itself and makes ${amplifier.victimCount} others wait: \`${cancelStatement(amplifier.pid, dialect)}\` Nothing but its own attempt is lost; run it again later with a lock_timeout.`,
        ];
  const { steps, statement } = endRoot(root, dialect);
  return { steps: [...relief, ...steps], statement };
}

function endRoot(root: LockNode, dialect: SqlDialect): Remedy {
  const name = holderName(root);
  const { pid, gid, state, backendType } = root;
  if (gid !== null) {
    const statement = `ROLLBACK PREPARED '${gid.replaceAll("'", "''")}';`;
    return {
      steps: [
        `Ask the coordinator of ${name} whether it was decided: then \`COMMIT PREPARED\` it, else \`${statement}\` in its database, as its owner. All that it did is lost with a rollback.`,
      ],
      statement,
    };
  }
  if (backendType === 'autovacuum worker') {
    return {
      steps: [
        `${name} is an autovacuum. An ordinary one gives way by itself after deadlock_timeout; one against wraparound must be let through: cancel what waits for it instead.`,
      ],
      statement: null,
    };
  }
  if (state === 'active') {
    const statement = cancelStatement(pid, dialect);
    return {
      steps: [
        `Cancel the statement of ${name}: \`${statement}\` Its transaction fails and lets go of its locks; the connection stays. Lost is what the transaction did, ${openFor(root)}.`,
        `Only if that does not help within some seconds: \`SELECT pg_terminate_backend(${pid});\` which also ends its connection.`,
      ],
      statement,
    };
  }
  if (state !== null && state.startsWith('idle in transaction')) {
    const statement = terminateStatement(pid, dialect);
    return {
      steps: [
        `Terminate ${name}: \`${statement}\` pg_cancel_backend() does nothing to a session that is idle in its transaction. Lost are its connection and what it did and never committed, ${openFor(root)}.`,
        `It needs a superuser, the same role, or a member of pg_signal_backend.`,
      ],
      statement,
    };
  }
  const statement = dialect === 'postgresql' ? `SELECT pg_terminate_backend(${pid});` : `KILL ${pid};`;
  return {
    steps: [
      `${name} is ${state ?? 'a process of the server'} and holds a lock of its session (an advisory lock, say), which only its end lets go: \`${statement}\` Its connection is lost.`,
    ],
    statement,
  };
}

function openFor({ transactionMs }: LockNode): string {
  return transactionMs === null ? 'however long it is open' : `open for ${formatDuration(transactionMs)}`;
}
