/** What a PostgreSQL server says of itself and of our role in it; read before everything else. */
export interface ServerFacts {
  /** As `server_version_num` has it: 180004. */
  versionNumber: number;
  /** `18.4`. */
  version: string;
  /** Of the data folder, the same on its standbys; null where the role may not ask. */
  systemIdentifier: string | null;
  /** Moves with every promotion; null where the role may not ask. */
  timeline: number | null;
  startedAtMs: number;
  /** System identifier, timeline and start: counters of one epoch can be compared. */
  epoch: string;
  /** The server's clock minus ours, as far as one question tells. */
  clockOffsetMs: number;
  inRecovery: boolean;
  database: string;
  /** The role we are. */
  user: string;
  superuser: boolean;
  /** Member of pg_monitor, or of pg_read_all_stats: sees sessions and statements of everybody. */
  seesAllSessions: boolean;
  /** Member of pg_read_all_data (14 and newer), or superuser: sees planner statistics, and may EXPLAIN anything. */
  readsAllData: boolean;
  maxConnections: number;
  /** Of these, kept for superusers and for members of pg_use_reserved_connections. */
  reservedConnections: number;
  blockBytes: number;
  /** Installed in this database. */
  extensions: ReadonlyMap<string, { schema: string; version: string }>;
}
