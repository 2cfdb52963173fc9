import { quantityOf } from './units.ts';
import { CHEAP_MS, type TopicReader } from './topic.ts';

/** A server setting as it is in force for us. */
export interface Setting {
  name: string;
  /** As `SHOW` has it: `128MB`. */
  shown: string;
  /** In `unit`. */
  value: string;
  /** `8kB`, `ms`, …; null: none. */
  unit: string | null;
  /** Numbers in bytes or milliseconds, whichever the unit means; null for what is no number. */
  number: number | null;
  bootValue: string | null;
  /** `default`, `configuration file`, `database`, `user`, … */
  source: string;
  /** Changed in the file, in force only after a restart. */
  pendingRestart: boolean;
}

/** By name: those that differ from the default, and those that rules look at. */
export type Settings = ReadonlyMap<string, Setting>;

/** Settings that our own session changes for itself: what the server would say of them is not what others have. */
const OURS = new Set([
  'application_name',
  'default_transaction_read_only',
  'idle_in_transaction_session_timeout',
  'lock_timeout',
  'statement_timeout',
  'transaction_read_only',
]);

/** Of those that still have their default, the ones that rules look at. */
const WANTED_ANYWAY = [
  /^autovacuum/,
  /^vacuum_/,
  /^(max_connections|superuser_reserved_connections|reserved_connections|max_prepared_transactions)$/,
  /^(shared_buffers|work_mem|maintenance_work_mem|hash_mem_multiplier|temp_buffers|effective_cache_size|huge_pages)$/,
  /^(max_wal_size|min_wal_size|wal_buffers|wal_level|wal_compression|full_page_writes|fsync|synchronous_commit)$/,
  /^(checkpoint_timeout|checkpoint_completion_target|max_slot_wal_keep_size|wal_keep_size)$/,
  /^(track_|compute_query_id|pg_stat_statements\.|auto_explain\.|log_)/,
  /^(random_page_cost|seq_page_cost|cpu_|effective_io_concurrency|default_statistics_target|jit|enable_)/,
  /^(max_parallel_|max_worker_processes|deadlock_timeout|plan_cache_mode|from_collapse_limit|join_collapse_limit)/,
  /^(search_path|block_size|shared_preload_libraries|hot_standby|max_standby_|session_preload_libraries)/,
];

interface SettingRow {
  name: string;
  setting: string;
  unit: string | null;
  vartype: string;
  boot_val: string | null;
  source: string;
  pending_restart: boolean;
  shown: string;
}

/**
 * Without an operator or a condition, so that it can run with the search path and the planner's settings as they are:
 * those of the session are part of the answer.
 */
const SQL = `SELECT name, setting, unit, vartype, boot_val, source, pending_restart,
  pg_catalog.current_setting(name) AS shown FROM pg_catalog.pg_settings`;

export const settingsReader: TopicReader<Settings> = {
  view: 'pg_settings',
  budgetMs: CHEAP_MS,
  async read(query) {
    const rows = await query<SettingRow>(SQL, [], { catalog: false });
    return new Map(rows.filter(isWanted).map((row) => [row.name, toSetting(row)]));
  },
};

function isWanted({ name, source }: SettingRow): boolean {
  if (OURS.has(name)) return false;
  return source !== 'default' || WANTED_ANYWAY.some((pattern) => pattern.test(name));
}

function toSetting(row: SettingRow): Setting {
  return {
    name: row.name,
    shown: row.shown,
    value: row.setting,
    unit: row.unit,
    number: row.vartype === 'integer' || row.vartype === 'real' ? quantityOf(row.setting, row.unit) : null,
    bootValue: row.boot_val,
    source: row.source,
    pendingRestart: row.pending_restart,
  };
}
