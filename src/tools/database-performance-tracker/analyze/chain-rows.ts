import type { LockForest, LockNode } from '../../_shared/database/locks.ts';

/** One session of a chain, flat and in order: the root first, then its victims, the longest wait first, each before its own. */
export interface ChainRow {
  pid: number;
  /** Whom it waits for; null: the root. */
  waitsForPid: number | null;
  /** Name of the prepared transaction. */
  gid: string | null;
  /** 0 is the root. */
  depth: number;
  application: string | null;
  user: string | null;
  database: string | null;
  state: string | null;
  transactionMs: number | null;
  stateMs: number | null;
  waitingMs: number | null;
  wantedMode: string | null;
  /** What its holder has; null where it only queues behind one that waits, too. */
  heldMode: string | null;
  object: string | null;
  /** It only waits behind a request that came first. */
  soft: boolean;
  /** It waits, and makes others queue whom the holder would let through. */
  amplifier: boolean;
  victims: number;
  text: string | null;
}

export function chainRows({ roots }: LockForest): ChainRow[] {
  return roots.flatMap((root) => rowsOf(root, null, 0));
}

function rowsOf(node: LockNode, parent: LockNode | null, depth: number): ChainRow[] {
  const { wait } = node;
  const row: ChainRow = {
    pid: node.pid,
    waitsForPid: parent === null ? null : parent.pid,
    gid: node.gid,
    depth,
    application: node.application,
    user: node.user,
    database: node.database,
    state: node.state,
    transactionMs: node.transactionMs,
    stateMs: node.stateMs,
    waitingMs: wait?.waitingMs ?? null,
    wantedMode: wait?.mode ?? null,
    heldMode: wait?.heldMode ?? null,
    object: wait?.object ?? null,
    soft: wait?.soft ?? false,
    amplifier: node.amplifier,
    victims: node.victimCount,
    text: node.text,
  };
  return [row, ...node.victims.flatMap((victim) => rowsOf(victim, node, depth + 1))];
}
