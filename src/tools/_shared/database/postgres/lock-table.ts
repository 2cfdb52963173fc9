/** Locks that somebody waits for, and who has them. Empty when nobody waits: then the lock table is not even read. */
export interface LockTable {
  waiting: readonly LockWait[];
  /** Granted locks on what somebody waits for. */
  held: readonly LockHold[];
  prepared: readonly PreparedTransaction[];
}

export interface LockTarget {
  /** Of pg_locks: `relation`, `tuple`, `transactionid`, `virtualxid`, `advisory`, … */
  type: string;
  /** Same text, same lock; opaque. */
  tag: string;
  /** `public.orders`, also of the row behind a transaction where it can be told; null where it cannot. */
  object: string | null;
}

export interface LockWait extends LockTarget {
  pid: number;
  /** `AccessExclusiveLock`. */
  mode: string;
  /** 14 and newer; for older servers since the state last changed. */
  waitingMs: number | null;
  /** pg_blocking_pids: holders, and who stands before it in the queue; 0 is a prepared transaction. */
  blockedBy: readonly number[];
}

export interface LockHold extends LockTarget {
  /** 0: a prepared transaction. */
  pid: number;
  mode: string;
}

export interface PreparedTransaction {
  /** The name it was given. */
  gid: string;
  database: string;
  owner: string;
  ageMs: number;
  xminAge: number;
}
