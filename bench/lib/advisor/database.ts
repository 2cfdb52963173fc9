import { Client } from 'pg';
import type { DatabaseTarget } from '../../../src/config/targets.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { startPostgres } from '../../../src/platform/postgres/embedded.ts';
import { createSandboxes } from '../../../src/platform/postgres/sandbox.ts';
import { createSqlConnector } from '../../../src/platform/sql/postgres.ts';
import type { Catalog } from '../../../src/tools/_shared/database/catalog.ts';
import { readSnapshot } from '../../../src/tools/_shared/database/postgres/read-snapshot.ts';
import { openWhatIf } from '../../../src/tools/query-optimizer/what-if/open.ts';
import type { WhatIf } from '../../../src/tools/query-optimizer/what-if/types.ts';

/** A throwaway server, a session that may write in it, and what the advisor would be given of it. */
export interface BenchDatabase {
  client: Client;
  url: string;
  catalog(): Promise<Catalog>;
  /** A statistics-only clone of it as it is now. */
  whatIf(): Promise<WhatIf>;
  stop(): Promise<void>;
}

/**
 * Everything in memory and nothing beside us at work, because times are compared: no autovacuum, and no parallel workers,
 * who would find this machine's few cores taken.
 */
const SETTINGS = {
  shared_buffers: '512MB',
  max_wal_size: '4GB',
  autovacuum: 'off',
  max_parallel_workers_per_gather: '0',
};

const STATEMENT_TIMEOUT_MS = 30_000;

export async function startBenchDatabase(
  settings: Readonly<Record<string, string>> = {},
): Promise<BenchDatabase> {
  const server = await startPostgres({ settings: { ...SETTINGS, ...settings } });
  const client = new Client({ connectionString: server.url });
  const ended = new AbortController();
  const sql = createSqlConnector();
  const sandboxes = createSandboxes(process.cwd());
  const opened: { close(): Promise<void> }[] = [];
  const session = async () => {
    const one = await sql.open(server.url, {
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      signal: ended.signal,
    });
    opened.push(one);
    return one;
  };
  async function catalog(): Promise<Catalog> {
    const snapshot = await readSnapshot(await session(), ['catalog'], Date.now());
    const { catalog: read } = snapshot.parts;
    if (!read.known) throw new Error(read.reason);
    return read.value;
  }
  await client.connect();
  return {
    client,
    url: server.url,
    catalog,
    async whatIf() {
      const context = { sandboxes, sql, clock: systemClock, signal: ended.signal };
      const target: DatabaseTarget = { kind: 'database', name: 'bench', url: server.url };
      const { whatIf, waits } = await openWhatIf(context, target, await session(), await catalog(), {
        backEnd: 'ghost',
      });
      if (whatIf === null) throw new Error(waits.map(({ reason }) => reason).join(' '));
      opened.unshift(whatIf);
      return whatIf;
    },
    async stop() {
      for (const one of opened) await one.close();
      await client.end();
      await server.stop();
    },
  };
}

/** Shows these indexes to the planner, or hides them, without building anything again. */
export async function showIndexes(client: Client, names: readonly string[], visible: boolean): Promise<void> {
  await client.query('UPDATE pg_index SET indisvalid = $2 WHERE indexrelid = ANY ($1::text[]::regclass[])', [
    names,
    visible,
  ]);
}
