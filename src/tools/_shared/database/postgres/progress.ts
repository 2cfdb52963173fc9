/** A long command of the server's own that runs now. */
export interface Progress {
  pid: number;
  command: 'vacuum' | 'create-index' | 'analyze' | 'cluster' | 'copy';
  /** `schema.table`; null where it belongs to another database. */
  table: string | null;
  database: string | null;
  phase: string;
  /** 0 to 1 of the phase; null where it cannot be told. */
  share: number | null;
  runningMs: number | null;
  /** An autovacuum worker does it. */
  automatic: boolean;
  /** The autovacuum keeps transaction ids from running out: it does not give way to locks. */
  wraparound: boolean;
}
