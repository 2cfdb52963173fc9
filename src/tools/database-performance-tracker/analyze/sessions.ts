import type { SqlDialect } from '../../../platform/sql/types.ts';
import type { Backend } from '../../_shared/database/postgres/activity.ts';

/** Sessions of clients; processes of the server and parallel workers take no connection. */
export function clientSessions(backends: readonly Backend[]): Backend[] {
  return backends.filter(({ type, leaderPid }) => type === 'client backend' && leaderPid === null);
}

/** Sessions of others, those that findings are about. */
export function foreignSessions(backends: readonly Backend[]): Backend[] {
  return clientSessions(backends).filter(({ own }) => !own);
}

/** As the application names itself, else by where it comes from. */
export function applicationOf({ application, client }: Pick<Backend, 'application' | 'client'>): string {
  return application === '' ? `unnamed at ${client ?? 'local'}` : application;
}

/** Also in a transaction that failed and was not rolled back. */
export function isIdleInTransaction({ state }: Pick<Backend, 'state'>): boolean {
  return state !== null && state.startsWith('idle in transaction');
}

/** For sentences: `shop-worker (pid 4711)`. */
export function nameOf(session: Pick<Backend, 'application' | 'client' | 'pid'>): string {
  return `${applicationOf(session)} (pid ${session.pid})`;
}

/** Ends the session; where the server can tell, only while it still sits in its transaction. */
export function terminateStatement(pid: number, dialect: SqlDialect): string {
  return dialect === 'postgresql'
    ? `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ${pid} AND state LIKE 'idle in transaction%';`
    : `KILL ${pid};`;
}

/** Cancels what it runs, and in PostgreSQL with it its transaction. */
export function cancelStatement(pid: number, dialect: SqlDialect): string {
  return dialect === 'postgresql'
    ? `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = ${pid} AND state = 'active';`
    : `KILL QUERY ${pid};`;
}

/** Idle outside of a transaction. */
export function isIdle({ state }: Pick<Backend, 'state'>): boolean {
  return state === 'idle';
}
