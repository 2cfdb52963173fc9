/** One index: how it is used, and what it is. */
export interface IndexStatistics {
  oid: number;
  schema: string;
  table: string;
  tableOid: number;
  name: string;
  scans: number;
  entriesRead: number;
  rowsFetched: number;
  blocksRead: number;
  blocksHit: number;
  /** 16 and newer; null also when it was never used since the reset. */
  lastScanMs: number | null;
  /** null while somebody has, or wants, the table for himself. */
  bytes: number | null;
  pages: number;
  method: string;
  unique: boolean;
  primary: boolean;
  /** Name of the constraint it stands for (primary key, unique, exclusion, or one that a foreign key refers to). */
  constraint: string | null;
  replicaIdentity: boolean;
  clustered: boolean;
  valid: boolean;
  ready: boolean;
  /** A CREATE INDEX CONCURRENTLY or REINDEX is building it right now. */
  building: boolean;
  /** Of an index on a partition: `schema.index` it belongs to. */
  parent: string | null;
  partial: boolean;
  statement: string;
}

/** All indexes of the database, and since when they are counted. */
export interface IndexUsage {
  indexes: readonly IndexStatistics[];
  /** When the counters of this database were last reset; null: never. */
  resetAtMs: number | null;
}
