import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { RearguardError, reasonOf } from '../../core/errors.ts';
import { copyTables } from '../sql/copy.ts';
import { availableMajors } from './binaries.ts';
import { type RunningPostgres, startPostgres } from './embedded.ts';
import { installCommand } from './installations.ts';
import { sandboxFiles } from './sandbox-files.ts';
import type { Sandbox, SandboxDatabase, Sandboxes, SandboxSession } from './sandbox-types.ts';

/** Nothing may move behind our back, and nothing that happens there is worth keeping. */
const SETTINGS = {
  autovacuum: 'off',
  max_connections: '20',
  max_wal_senders: '0',
  wal_level: 'minimal',
  log_statement: 'none',
  // Statements in the log would hold values of the user's rows.
  log_min_error_statement: 'panic',
  log_min_messages: 'fatal',
};

const OWNER = 'sandbox_owner';

/** @param projectDirectory where packages of PostgreSQL are looked for beside our own */
export function createSandboxes(projectDirectory: string): Sandboxes {
  return {
    majors: () => availableMajors(projectDirectory),
    installCommand,
    async start({ major, settings, signal }) {
      const server = await startPostgres({
        major,
        projectDirectory,
        sandbox: true,
        settings: { ...SETTINGS, ...settings },
        signal,
      });
      try {
        return await sandboxOf(server, major);
      } catch (error) {
        await server.stop();
        throw error;
      }
    },
  };
}

async function sandboxOf(server: RunningPostgres, major: number): Promise<Sandbox> {
  const ownerPassword = randomBytes(24).toString('base64url');
  const root = await openSession(server.url);
  await root.execute(`CREATE ROLE ${OWNER} LOGIN PASSWORD ${escapeLiteral(ownerPassword)}`);
  const [row] = await root.query<{ server_version: string }>('SHOW server_version');
  return {
    major,
    serverVersion: row?.server_version.split(' ', 1)[0] ?? `${major}`,
    files: sandboxFiles(join(server.directory, 'data')),
    async createDatabase(name, locales) {
      const locale = await createDatabase(root, name, locales);
      const urlOf = (role: 'owner' | 'superuser'): string => {
        const url = new URL(server.url);
        url.pathname = `/${encodeURIComponent(name)}`;
        if (role === 'owner') Object.assign(url, { username: OWNER, password: ownerPassword });
        return url.href;
      };
      return { locale, connect: (role) => openSession(urlOf(role)) } satisfies SandboxDatabase;
    },
    async close() {
      await root.close();
      await server.stop();
    },
  };
}

/** C is last and always there. */
async function createDatabase(
  root: SandboxSession,
  name: string,
  locales: readonly string[],
): Promise<string> {
  for (const locale of locales) {
    try {
      await root.execute(createDatabaseSql(name, locale));
      return locale;
    } catch {
      // This machine does not have it.
    }
  }
  await root.execute(createDatabaseSql(name, 'C'));
  return 'C';
}

function createDatabaseSql(name: string, locale: string): string {
  const quoted = escapeLiteral(locale);
  return `CREATE DATABASE ${escapeIdentifier(name)} OWNER ${OWNER} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE ${quoted} LC_CTYPE ${quoted}`;
}

async function openSession(url: string): Promise<SandboxSession> {
  const client = new Client({ connectionString: url, application_name: 'rearguard' });
  // A connection lost between two queries shows at the next one.
  client.on('error', () => undefined);
  await client.connect().catch(fail);
  return {
    async execute(sql) {
      await client.query(sql).catch(fail);
    },
    async query<Row extends Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []) {
      // The extended protocol carries a single statement; the driver's types do not know the mode yet.
      const query = { text: sql, values: [...parameters], queryMode: 'extended' };
      const { rows } = await client.query<Row>(query).catch(fail);
      return rows;
    },
    copyFrom: (source, tables, limits, signal) => copyTables(source, client, tables, limits, signal),
    close: () => client.end().catch(() => undefined),
  };
}

function fail(cause: unknown): never {
  const reason = reasonOf(cause);
  throw new RearguardError('E_SANDBOX', { reason, hint: 'Nothing of yours was changed.' }, { cause });
}
