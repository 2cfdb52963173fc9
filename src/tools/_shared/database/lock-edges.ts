import type { Backend } from './postgres/activity.ts';
import { conflicts, strongest } from './postgres/lock-modes.ts';
import type { LockTable, LockWait } from './postgres/lock-table.ts';

/** A session, by the process id of its leader, or a prepared transaction: `prepared <name>`. */
export type Party = number | string;

export interface Blocker {
  party: Party;
  /** The mode it holds that is in the way; null: it only stands before in the queue. */
  heldMode: string | null;
}

/** One that waits, and all it waits for. */
export interface Waiting {
  wait: LockWait;
  blockers: readonly Blocker[];
}

/** By the session that waits; parallel workers are part of theirs. Who waits for nobody any more is left out. */
export function waitingSessions(locks: LockTable, backends: readonly Backend[]): Map<number, Waiting> {
  const leaders = new Map(backends.map(({ pid, leaderPid }) => [pid, leaderPid ?? pid]));
  const leaderOf = (pid: number): number => leaders.get(pid) ?? pid;
  const waiting = new Map<number, Waiting>();
  // The longest wait of a session, of its own or of a worker, is its wait.
  const byTime = locks.waiting.toSorted((a, b) => (b.waitingMs ?? 0) - (a.waitingMs ?? 0));
  for (const wait of byTime) {
    const pid = leaderOf(wait.pid);
    if (waiting.has(pid)) continue;
    const holds = holdsOn(locks, wait, leaderOf);
    const parties = wait.blockedBy.flatMap((blocker): Party[] =>
      blocker === 0 ? preparedParties(holds) : [leaderOf(blocker)],
    );
    const blockers = [...new Set(parties)]
      .filter((party) => party !== pid)
      .map((party) => ({ party, heldMode: strongest(holds.get(party) ?? []) ?? null }));
    if (blockers.length > 0) waiting.set(pid, { wait, blockers });
  }
  return waiting;
}

/** Modes on what is waited for that are in the way, by who holds them. */
function holdsOn(
  { held }: LockTable,
  { tag, mode }: LockWait,
  leaderOf: (pid: number) => number,
): Map<Party, string[]> {
  const holds = new Map<Party, string[]>();
  for (const hold of held) {
    if (hold.tag !== tag || !conflicts(mode, hold.mode)) continue;
    const party = hold.pid === 0 ? preparedParty(hold.gid) : leaderOf(hold.pid);
    holds.set(party, [...(holds.get(party) ?? []), hold.mode]);
  }
  return holds;
}

export function preparedParty(gid: string | null): Party {
  return `prepared ${gid ?? ''}`;
}

function preparedParties(holds: ReadonlyMap<Party, string[]>): Party[] {
  const parties = [...holds.keys()].filter((party) => typeof party === 'string');
  return parties.length === 0 ? [preparedParty(null)] : parties;
}
