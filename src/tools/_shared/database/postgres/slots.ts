export interface ReplicationSlot {
  name: string;
  kind: 'physical' | 'logical';
  plugin: string | null;
  database: string | null;
  active: boolean;
  pid: number | null;
  temporary: boolean;
  /** Log that is kept because of it; null: it has reserved none. */
  retainedBytes: number | null;
  /** `reserved`, `extended`, `unreserved`, `lost`. */
  walStatus: string | null;
  /** How much may still be written before it is lost; null without max_slot_wal_keep_size. */
  safeBytes: number | null;
  xminAge: number | null;
  catalogXminAge: number | null;
  /** Since nobody has used it; 17 and newer. */
  inactiveMs: number | null;
  /** 16 and newer: it was invalidated because it conflicted with recovery. */
  conflicting: boolean | null;
}
