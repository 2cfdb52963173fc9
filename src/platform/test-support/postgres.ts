import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { type RunningPostgres, startPostgres } from '../postgres/embedded.ts';
import { publicTemporaryDirectory } from '../postgres/temporary.ts';

export type { Client as PostgresClient } from 'pg';

/** A PostgreSQL as a backend has it: an application's role, and one for us that only looks. */
export interface PostgresSite {
  port: number;
  /** As the superuser. */
  owner: Client;
  /** Connection URL of the application's role, or of one with pg_monitor and nothing more. */
  urlOf(role: 'app' | 'watcher'): string;
  /** A session of the application's role, or of a superuser; closed with the site. */
  connect(application: string, role?: 'app' | 'watcher'): Promise<Client>;
  /** All sessions are lost; the data stays, and so does the port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Nothing of it has to survive a power cut. */
const HASTY = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** Gone with its close, with pg_stat_statements; `settings` come on top. */
export async function openPostgresSite(
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresSite> {
  const directory = await mkdtemp(join(publicTemporaryDirectory(), 'rearguard-postgres-site-'));
  const start = (port?: number): Promise<RunningPostgres> =>
    startPostgres({
      directory,
      settings: { ...HASTY, shared_preload_libraries: 'pg_stat_statements', ...settings },
      ...(port === undefined ? {} : { port }),
    });
  let server = await start();
  const { port } = server;
  const clients: Client[] = [];
  const connectTo = async (url: string, application: string): Promise<Client> => {
    const client = new Client({ connectionString: url, application_name: application });
    // A session that is ended by a test, or with the server, is no failure.
    client.on('error', () => undefined);
    clients.push(client);
    await client.connect();
    return client;
  };
  const owner = await connectTo(server.url, 'owner');
  await owner.query(`
    create extension pg_stat_statements;
    create role watcher login password 'watcher';
    grant pg_monitor to watcher;
    create role app login password 'app';
    grant all on schema public to app;
  `);
  return {
    port,
    owner,
    urlOf: (role) => urlAs(server.url, role),
    connect: (application, role = 'app') => connectTo(urlAs(server.url, role), application),
    async restart() {
      await server.stop();
      server = await start(port);
    },
    async close() {
      await Promise.allSettled(clients.map((client) => client.end()));
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The password is the name. */
function urlAs(superuserUrl: string, role: string): string {
  const url = new URL(superuserUrl);
  url.username = role;
  url.password = role;
  return url.href;
}
