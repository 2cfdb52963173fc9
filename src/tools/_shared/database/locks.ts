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
