import { marked, OWN_STATEMENT_MARK } from './marker.ts';

/** Waiting for a lock means standing in the backend's way: give up before anybody notices. */
const LOCK_TIMEOUT_MS = 500;
/** Others queue behind us while we wait: what is looked at again anyway can do without one answer. */
const CATALOG_LOCK_TIMEOUT_MS = 100;
/** Only a client that died leaves a transaction open this long; it must not hold back vacuum. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000;

/**
 * Of statements over the catalogue: nothing may stand in for its functions and operators; compiling a plan costs more
 * than running it.
 */
const CATALOG_SETTINGS = {
  search_path: 'pg_catalog, pg_temp',
  work_mem: '8MB',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  lock_timeout: String(CATALOG_LOCK_TIMEOUT_MS),
};

/** Settings of the session; each transaction sets them again, for poolers that do not pass them on. */
export function limitsOf(statementTimeoutMs: number): Record<string, string> {
  return {
    statement_timeout: String(Math.max(1, Math.round(statementTimeoutMs))),
    lock_timeout: String(LOCK_TIMEOUT_MS),
    idle_in_transaction_session_timeout: String(IDLE_IN_TRANSACTION_TIMEOUT_MS),
  };
}

/**
 * Two statements in one message. The second takes the snapshot after which nothing makes the transaction writable; as it
 * is like nobody else's, its entry in the server's statistics is ours alone.
 */
export function startTransaction(timeoutMs: number, catalog: boolean): string {
  const settings = { ...limitsOf(timeoutMs), ...(catalog ? CATALOG_SETTINGS : {}) };
  const calls = Object.entries(settings).map(
    ([name, value]) => `pg_catalog.set_config('${name}', '${value}', true)`,
  );
  return `BEGIN TRANSACTION READ ONLY ${OWN_STATEMENT_MARK}; ${marked(`SELECT ${calls.join(', ')}`)}`;
}
