import { Client } from 'pg';
import type { DatabaseTarget } from '../../../src/config/targets.ts';
import { systemClock } from '../../../src/platform/clock.ts';
import { startPostgres } from '../../../src/platform/postgres/embedded.ts';
import { createSandboxes } from '../../../src/platform/postgres/sandbox.ts';
import { createSqlConnector } from '../../../src/platform/sql/postgres.ts';
import type { SqlSession } from '../../../src/platform/sql/types.ts';
import type { Catalog } from '../../../src/tools/_shared/database/catalog.ts';
import { readSnapshot } from '../../../src/tools/_shared/database/postgres/read-snapshot.ts';
import { optimizerOptionsSchema } from '../../../src/tools/query-optimizer/options.ts';
import { tablesOf } from '../../../src/tools/query-optimizer/proof/tables.ts';
import { openClone } from '../../../src/tools/query-optimizer/what-if/clone.ts';
import type { Clone } from '../../../src/tools/query-optimizer/what-if/clone-types.ts';
import { openWhatIf, type WhatIfContext } from '../../../src/tools/query-optimizer/what-if/open.ts';
import type { WhatIf } from '../../../src/tools/query-optimizer/what-if/types.ts';
import type { WorkloadQuery } from '../../../src/tools/query-optimizer/workload.ts';

/** A throwaway server, a session that may write in it, and what the advisor would be given of it. */
export interface BenchDatabase {
  client: Client;
  url: string;
  catalog(): Promise<Catalog>;
  /** With a statistics-only clone of it as it is now. */
  withWhatIf<T>(use: (whatIf: WhatIf) => Promise<T>): Promise<T>;
  /** With a copy of the rows that these queries read, as a proof has it. */
  withClone<T>(queries: readonly WorkloadQuery[], use: (clone: Clone) => Promise<T>): Promise<T>;
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
/** As users have it who change nothing. */
const { proof: PROOF } = optimizerOptionsSchema.parse({});

export async function startBenchDatabase(
  settings: Readonly<Record<string, string>> = {},
): Promise<BenchDatabase> {
  const server = await startPostgres({ settings: { ...SETTINGS, ...settings } });
  const client = new Client({ connectionString: server.url });
  const { signal } = new AbortController();
  const sql = createSqlConnector();
  const context: WhatIfContext = {
    sandboxes: createSandboxes(process.cwd()),
    sql,
    clock: systemClock,
    signal,
  };
  const target: DatabaseTarget = { kind: 'database', name: 'bench', url: server.url };
  async function withSession<T>(use: (session: SqlSession) => Promise<T>): Promise<T> {
    const session = await sql.open(server.url, { statementTimeoutMs: STATEMENT_TIMEOUT_MS, signal });
    try {
      return await use(session);
    } finally {
      await session.close();
    }
  }
  await client.connect();
  return {
    client,
    url: server.url,
    catalog: () => withSession(catalogOf),
    async withWhatIf(use) {
      const { whatIf, waits } = await withSession(async (one) =>
        openWhatIf(context, target, one, await catalogOf(one), { backEnd: 'ghost' }),
      );
      if (whatIf === null) throw new Error(waits.map(({ reason }) => reason).join(' '));
      try {
        return await use(whatIf);
      } finally {
        await whatIf.close();
      }
    },
    async withClone(queries, use) {
      const clone = await withSession(async (one) =>
        openClone(context, target, one, await catalogOf(one), {
          tables: tablesOf(queries),
          maxBytes: PROOF.maxBytes,
        }),
      );
      try {
        return await use(clone);
      } finally {
        await clone.close();
      }
    },
    async stop() {
      await client.end();
      await server.stop();
    },
  };
}

async function catalogOf(session: SqlSession): Promise<Catalog> {
  const { catalog } = (await readSnapshot(session, ['catalog'], systemClock.wallMs())).parts;
  if (!catalog.known) throw new Error(catalog.reason);
  return catalog.value;
}

/** Shows these indexes to the planner, or hides them, without building anything again. */
export async function showIndexes(client: Client, names: readonly string[], visible: boolean): Promise<void> {
  await client.query('UPDATE pg_index SET indisvalid = $2 WHERE indexrelid = ANY ($1::text[]::regclass[])', [
    names,
    visible,
  ]);
}
