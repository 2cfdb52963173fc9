import { type Blocker, type Party, preparedParty, type Waiting, waitingSessions } from './lock-edges.ts';
import type { Backend } from './postgres/activity.ts';
import type { LockTable } from './postgres/lock-table.ts';

/** Who waits for whom, as trees: the roots hold up everybody below them and wait for nobody. */
export interface LockForest {
  /** By number of victims, then by the longest wait. */
  roots: readonly LockNode[];
  /** Sessions that wait for each other in a circle; the server ends such deadlocks itself, after deadlock_timeout. */
  cycles: readonly (readonly number[])[];
  /** Sessions that wait, each counted once. */
  victims: number;
  longestWaitMs: number | null;
}

/** A session (with its parallel workers), or a prepared transaction. */
export interface LockNode {
  /** 0: a prepared transaction. */
  pid: number;
  /** Name of the prepared transaction. */
  gid: string | null;
  application: string | null;
  user: string | null;
  database: string | null;
  client: string | null;
  backendType: string | null;
  state: string | null;
  stateMs: number | null;
  transactionMs: number | null;
  /** What runs, or ran last. */
  text: string | null;
  own: boolean;
  /** null: it waits for nobody. */
  wait: {
    mode: string;
    lockType: string;
    object: string | null;
    waitingMs: number | null;
    /** What its parent has that it must wait for; null where it only stands before it in the queue. */
    heldMode: string | null;
    /** The parent does not hold what this one wants: it wants it, too, and came first. */
    soft: boolean;
    /** Others than the parent that it also waits for. */
    alsoBlockedBy: readonly number[];
  } | null;
  /** It waits for a strong lock, and others, whom the holder would let through, queue behind it. */
  amplifier: boolean;
  /** All below it, each counted once. */
  victimCount: number;
  /** By waiting time, longest first. */
  victims: readonly LockNode[];
}

/**
 * Trees from the lock table and the sessions of the same moment. Each session that waits hangs below one that it waits
 * for: below a holder rather than below one before it in the queue, and below one that does not wait itself if there is
 * one. Of a circle, in which everybody waits, the one that waits longest stands as root.
 */
export function lockForest(locks: LockTable, backends: readonly Backend[]): LockForest {
  const waiting = waitingSessions(locks, backends);
  const parents = new Map([...waiting].map(([pid, one]) => [pid, parentOf(one, waiting)]));
  const circles = circlesIn(parents, waiting);
  const children = new Map<Party, number[]>();
  for (const [pid, { party }] of parents) {
    if (circles.some(([first]) => first === pid)) continue;
    children.set(party, [...(children.get(party) ?? []), pid]);
  }
  const sessions = new Map(backends.map((backend) => [backend.pid, backend]));
  const grow = (party: Party): LockNode => {
    const victims = (children.get(party) ?? []).map(grow).toSorted(byWait);
    const own = typeof party === 'number' ? waiting.get(party) : undefined;
    const isRoot = circles.some(([first]) => first === party);
    const parent = typeof party === 'number' && !isRoot ? parents.get(party) : undefined;
    return {
      ...identityOf(party, sessions, locks),
      wait: own === undefined ? null : waitOf(own, parent ?? parentOf(own, waiting)),
      amplifier: own !== undefined && own.wait.type === 'relation' && victims.some(({ wait }) => wait?.soft),
      victimCount: victims.reduce((sum, victim) => sum + 1 + victim.victimCount, 0),
      victims,
    };
  };
  const roots = [...children.keys()].filter((party) => typeof party === 'string' || !parents.has(party));
  const times = Array.from(waiting.values(), ({ wait }) => wait.waitingMs ?? 0);
  return {
    roots: [...roots, ...circles.flatMap(([first]) => first ?? [])]
      .map(grow)
      .toSorted(
        (a, b) => b.victimCount - a.victimCount || longestBelow(b) - longestBelow(a) || a.pid - b.pid,
      ),
    cycles: circles,
    victims: waiting.size,
    longestWaitMs: times.length === 0 ? null : Math.max(...times),
  };
}

function parentOf({ blockers }: Waiting, waiting: ReadonlyMap<number, Waiting>): Blocker {
  const waits = ({ party }: Blocker): boolean => typeof party === 'number' && waiting.has(party);
  const rank = (blocker: Blocker): number => (blocker.heldMode === null ? 2 : 0) + (waits(blocker) ? 1 : 0);
  const [best] = blockers.toSorted(
    (a, b) => rank(a) - rank(b) || (String(a.party) < String(b.party) ? -1 : 1),
  );
  if (best === undefined) throw new Error('A session that waits for nobody does not wait.');
  return best;
}

/** Each once, the one that waits longest first. */
function circlesIn(parents: ReadonlyMap<number, Blocker>, waiting: ReadonlyMap<number, Waiting>): number[][] {
  const circles: number[][] = [];
  const seen = new Set<Party>();
  for (const start of parents.keys()) {
    const path: Party[] = [];
    let at: Party | undefined = start;
    while (at !== undefined && !seen.has(at)) {
      seen.add(at);
      path.push(at);
      at = typeof at === 'number' ? parents.get(at)?.party : undefined;
    }
    const closes = at === undefined ? -1 : path.indexOf(at);
    if (closes < 0) continue;
    const members = path.slice(closes).filter((party) => typeof party === 'number');
    const time = (pid: number): number => waiting.get(pid)?.wait.waitingMs ?? 0;
    const first = members.toSorted((a, b) => time(b) - time(a) || a - b)[0] ?? 0;
    const turn = members.indexOf(first);
    circles.push([...members.slice(turn), ...members.slice(0, turn)]);
  }
  return circles;
}

function waitOf({ wait, blockers }: Waiting, parent: Blocker): NonNullable<LockNode['wait']> {
  const others = blockers.filter(({ party }) => party !== parent.party);
  return {
    mode: wait.mode,
    lockType: wait.type,
    object: wait.object,
    waitingMs: wait.waitingMs,
    heldMode: parent.heldMode,
    soft: parent.heldMode === null,
    alsoBlockedBy: others.map(({ party }) => (typeof party === 'number' ? party : 0)),
  };
}

type Identity = Omit<LockNode, 'wait' | 'amplifier' | 'victimCount' | 'victims'>;

function identityOf(party: Party, sessions: ReadonlyMap<number, Backend>, { prepared }: LockTable): Identity {
  const nothing = {
    application: null,
    client: null,
    backendType: null,
    state: null,
    stateMs: null,
    text: null,
  };
  if (typeof party === 'string') {
    const transaction = prepared.find(({ gid }) => preparedParty(gid) === party);
    return {
      ...nothing,
      pid: 0,
      gid: transaction?.gid ?? '',
      user: transaction?.owner ?? null,
      database: transaction?.database ?? null,
      transactionMs: transaction?.ageMs ?? null,
      own: false,
    };
  }
  const session = sessions.get(party);
  if (session === undefined) {
    return { ...nothing, pid: party, gid: null, user: null, database: null, transactionMs: null, own: false };
  }
  const { application, user, database, client, type, state, stateMs, transactionMs, text, own } = session;
  const who = { application, user, database, client, backendType: type };
  return { pid: party, gid: null, ...who, state, stateMs, transactionMs, text, own };
}

function byWait(a: LockNode, b: LockNode): number {
  return (b.wait?.waitingMs ?? 0) - (a.wait?.waitingMs ?? 0) || a.pid - b.pid;
}

function longestBelow({ victims }: LockNode): number {
  return Math.max(0, ...victims.map((victim) => Math.max(victim.wait?.waitingMs ?? 0, longestBelow(victim))));
}
