/** How near the transaction and multixact counters are to their end. */
export interface Wraparound {
  databases: readonly { name: string; xidAge: number; multixactAge: number; allowsConnections: boolean }[];
  /** Transaction ids ever given out, epochs included: a difference is a rate. */
  xidCounter: number;
  /** Multixact ids given out, modulo 2^32; null where the role may not ask. */
  multixactCounter: number | null;
  freezeMaxAge: number;
  multixactFreezeMaxAge: number;
}

/** Something that keeps vacuum from removing dead rows. */
export interface XminHolder {
  kind: 'session' | 'prepared-transaction' | 'replication-slot' | 'standby';
  /** Process id, name of the transaction or of the slot, application of the standby. */
  name: string;
  pid: number | null;
  /** Transactions that have begun since what it still needs. */
  xminAge: number;
  /** Only the system catalogues are held back (logical slots). */
  catalogOnly: boolean;
  /** How long its transaction is open; null where that is unknown. */
  ageMs: number | null;
  database: string | null;
  user: string | null;
  application: string | null;
  state: string | null;
}
