/** Stands around every statement of ours: statistics, logs and the list of sessions then tell it from the backend's own. */
export const OWN_STATEMENT_MARK = '/* rearguard */';

/**
 * At both ends: pg_stat_statements of PostgreSQL 18 drops a comment that stands before a statement, and the list of sessions
 * cuts off the end of long ones.
 */
export function marked(sql: string): string {
  return `${OWN_STATEMENT_MARK} ${sql}\n${OWN_STATEMENT_MARK}`;
}

/** The name our sessions go by. */
export const OWN_APPLICATION_NAME = 'rearguard';
