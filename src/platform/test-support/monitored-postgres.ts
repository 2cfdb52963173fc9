import { Client } from 'pg';
import { availableMajors } from '../postgres/binaries.ts';
import { type RunningPostgres, startPostgres } from '../postgres/embedded.ts';
import { createSqlConnector } from '../sql/postgres.ts';
import type { SqlSession } from '../sql/types.ts';

/** The newest is always there; the others are Debian's, where somebody has installed one. */
export const MAJORS: readonly number[] = await availableMajors();

export interface MonitoredServer {
  major: number;
  postgres: RunningPostgres;
  /** Superuser. */
  owner: Client;
  /** A plain client connection, as the backend has them; ends with the server. */
  connect: (application?: string) => Promise<Client>;
  /** A read-only session of ours: `monitor` has pg_monitor, `stranger` nothing. */
  open: (role: 'monitor' | 'stranger' | 'owner') => Promise<SqlSession>;
  stop: () => Promise<void>;
}

/** A server with pg_stat_statements, and roles that may look. */
export async function startMonitored(
  major: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<MonitoredServer> {
  const postgres = await startPostgres({
    major,
    settings: {
      shared_preload_libraries: 'pg_stat_statements',
      max_prepared_transactions: '5',
      wal_level: 'logical',
      autovacuum: 'off',
      ...settings,
    },
  });
  const clients: Client[] = [];
  const connect = async (application = 'shop'): Promise<Client> => {
    const client = new Client({ connectionString: postgres.url, application_name: application });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  };
  const owner = await connect('owner');
  await owner.query(`
    create extension pg_stat_statements;
    create role monitor login password 'monitor' in role pg_monitor;
    create role stranger login password 'stranger';`);
  const sessions: SqlSession[] = [];
  return {
    major,
    postgres,
    owner,
    connect,
    async open(role) {
      const url = new URL(postgres.url);
      if (role !== 'owner') [url.username, url.password] = [role, role];
      const signal = new AbortController().signal;
      const session = await createSqlConnector().open(url.href, { statementTimeoutMs: 10_000, signal });
      sessions.push(session);
      return session;
    },
    async stop() {
      await Promise.all(sessions.map((session) => session.close()));
      await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
      await postgres.stop();
    },
  };
}
