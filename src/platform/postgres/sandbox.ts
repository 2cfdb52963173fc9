import { join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { RearguardError, reasonOf } from '../../core/errors.ts';
import { copyTables } from '../sql/copy.ts';
import { availableMajors } from './binaries.ts';
import { startPostgres } from './embedded.ts';
import { installCommand } from './installations.ts';
import { sandboxFiles } from './sandbox-files.ts';
import type { Sandboxes, SandboxSession } from './sandbox-types.ts';

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

/** @param projectDirectory where packages of PostgreSQL are looked for beside our own */
export function createSandboxes(projectDirectory: string): Sandboxes {
  return {
    majors: () => availableMajors(projectDirectory),
    installCommand,
    async start({ major, settings, signal }) {
      const server = await startPostgres({
        major,
        projectDirectory,
        checksums: false,
        settings: { ...SETTINGS, ...settings },
        signal,
      });
      const made = new Set(['postgres']);
      const connect = async (database = 'postgres'): Promise<SandboxSession> => {
        if (!made.has(database)) {
          const owner = await openSession(server.url);
          await owner.execute(`CREATE DATABASE ${escapeIdentifier(database)}`);
          await owner.close();
          made.add(database);
        }
        const url = new URL(server.url);
        url.pathname = `/${encodeURIComponent(database)}`;
        return openSession(url.href);
      };
      try {
        const session = await connect();
        const [row] = await session.query<{ server_version: string }>('SHOW server_version');
        await session.close();
        return {
          major,
          serverVersion: row?.server_version.split(' ', 1)[0] ?? `${major}`,
          files: sandboxFiles(join(server.directory, 'data')),
          connect,
          close: () => server.stop(),
        };
      } catch (error) {
        await server.stop();
        throw error;
      }
    },
  };
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
      const { rows } = await client.query<Row>(sql, [...parameters]).catch(fail);
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
