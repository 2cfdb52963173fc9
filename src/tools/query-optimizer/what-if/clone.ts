import type { DatabaseTarget } from '../../../config/targets.ts';
import { counted } from '../../../core/counted.ts';
import type { Sandbox, SandboxDatabase, SandboxSession } from '../../../platform/postgres/sandbox-types.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import type { Catalog, IndexDefinition } from '../../_shared/database/catalog.ts';
import { createIndexSql, quoteIdentifier } from '../../_shared/database/index-statement.ts';
import { loadClone, readCloneSource } from './clone-load.ts';
import { cloneRuns } from './clone-run.ts';
import type { Clone, CloneOptions } from './clone-types.ts';
import { explain, genericExplainer, refusing } from './explain.ts';
import { hypotheticalName } from './hypothetical.ts';
import { localeLimits } from './locales.ts';
import { addExtension } from './needed-extension.ts';
import type { WhatIfContext } from './open.ts';
import { serialised } from './serialised.ts';
import { nameParts, oidsOf, setValid, TREE_SQL } from './visibility.ts';

const DEFAULT_BYTES_PER_SECOND = 50_000_000;
/** Longest that one table may be read on the user's server. */
const TABLE_TIMEOUT_MS = 120_000;
/** Rows as text are larger than on disk, or smaller; beyond this the estimate of the sample was wrong. */
const TEXT_FACTOR = 4;

const SANDBOX_SETTINGS = {
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '1h',
  track_io_timing: 'off',
};

/**
 * Copies tables of a database into a sandbox of the same major. Reads on the user's server, in one snapshot and no faster
 * than asked for. Throws E_POSTGRES_MISSING when there is no such major, and E_SANDBOX when the copy fails.
 */
export async function openClone(
  { sandboxes, signal, clock }: WhatIfContext,
  target: DatabaseTarget,
  session: SqlSession,
  catalog: Catalog,
  options: CloneOptions,
): Promise<Clone> {
  const major = Number.parseInt(session.serverVersion, 10);
  const starting = sandboxes.start({ major, settings: SANDBOX_SETTINGS, signal });
  const reading = readCloneSource(session, catalog, options);
  // A server that was started must be closed, whatever the other of the two does.
  await Promise.allSettled([starting, reading]);
  const sandbox = await starting;
  try {
    const source = await reading;
    const { database, root, copied, limits } = await loadClone(sandbox, target.url, source, {
      limits: {
        maxBytes: options.maxBytes * TEXT_FACTOR,
        maxBytesPerSecond: options.maxBytesPerSecond ?? DEFAULT_BYTES_PER_SECOND,
        statementTimeoutMs: TABLE_TIMEOUT_MS,
      },
      searchPath: catalog.searchPath,
      signal,
    });
    const sampled = source.samples.flatMap(({ table, share }, position) =>
      share < 1 ? [{ table, share: shareOf(table, copied[position]?.rows ?? 0, catalog) ?? share }] : [],
    );
    const rows = copied.reduce((sum, one) => sum + one.rows, 0);
    const contents = { tables: source.samples.length, rows, sampled };
    const allLimits = [...limits, ...localeLimits(source.ddl.locale, database)];
    return await cloneIn({ sandbox, database, root }, contents, allLimits, () => clock.monotonicMs());
  } catch (error) {
    await sandbox.close();
    throw error;
  }
}

/** null: the table was never counted. */
function shareOf(name: string, copied: number, catalog: Catalog): number | null {
  const [schema, table] = nameParts(name);
  const rows = catalog.tables.find((one) => one.schema === schema && one.name === table)?.rows ?? 0;
  return rows > 0 ? Math.min(1, copied / rows) : null;
}

async function cloneIn(
  { sandbox, database, root }: { sandbox: Sandbox; database: SandboxDatabase; root: SandboxSession },
  { tables, rows, sampled }: { tables: number } & Pick<Clone, 'rows' | 'sampled'>,
  limits: readonly string[],
  nowMs: () => number,
): Promise<Clone> {
  const session = await database.connect('owner');
  const inOrder = serialised();
  const planGeneric = genericExplainer(session);
  const describe = (): string =>
    `a copy of ${counted(tables, 'table')} (${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}) in PostgreSQL ${sandbox.serverVersion}`;

  async function bytesOf(schema: string, name: string): Promise<number> {
    const [size] = await session.query<{ bytes: string }>(
      `${TREE_SQL} SELECT coalesce(sum(pg_relation_size(c.oid)), 0)::text AS bytes
       FROM tree JOIN pg_class AS c ON c.oid = tree.oid AND c.relkind = 'i'`,
      [schema, name],
    );
    return Number(size?.bytes ?? 0);
  }

  /** In a transaction of its own: builds indexes, works with them, and leaves none. */
  async function having<T>(indexes: readonly IndexDefinition[], work: () => Promise<T>): Promise<T> {
    await session.execute('BEGIN');
    try {
      for (const index of indexes) {
        await addExtension(index, root);
        await build(session, index);
      }
      return await work();
    } finally {
      await session.execute('ROLLBACK');
    }
  }

  async function without<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    const hidden: string[] = [];
    for (const name of names) hidden.push(...(await oidsOf(root, ...nameParts(name))));
    if (hidden.length === 0) return work();
    await setValid(root, [], hidden);
    try {
      return await work();
    } finally {
      await setValid(root, hidden, []);
    }
  }

  return {
    kind: 'clone',
    label: describe(),
    limits,
    sampled,
    rows,
    describe,
    supports: ({ method }) => method !== 'fulltext' && method !== 'other',
    plan: (sql, { add, hide }, { generic = false } = {}) =>
      inOrder(() =>
        without(hide, () =>
          having(add, async () => {
            if (!generic) return explain(session, sql);
            await session.execute('DISCARD PLANS; SET LOCAL plan_cache_mode = force_generic_plan');
            return planGeneric(sql);
          }),
        ),
      ),
    sizeOf: (index) => inOrder(() => having([index], () => bytesOf(index.schema, hypotheticalName(index)))),
    execute: (sql) => inOrder(() => session.execute(sql)),
    query: (sql, parameters) => inOrder(() => session.query(sql, parameters)),
    ...cloneRuns(session, inOrder),
    createIndex: (index) =>
      inOrder(async () => {
        const startedMs = nowMs();
        await addExtension(index, root);
        await build(session, index);
        const buildMs = nowMs() - startedMs;
        const name = hypotheticalName(index);
        return { name: `${index.schema}.${name}`, bytes: await bytesOf(index.schema, name), buildMs };
      }),
    dropIndex: (name) =>
      inOrder(() => session.execute(`DROP INDEX ${nameParts(name).map(quoteIdentifier).join('.')}`)),
    async close() {
      await Promise.all([session.close(), root.close()]);
      await sandbox.close();
    },
  };
}

/** ANALYZE because an index over an expression has statistics of its own. */
async function build(session: SandboxSession, index: IndexDefinition): Promise<void> {
  const table = [index.schema, index.table].map(quoteIdentifier).join('.');
  const analyze = index.keys.some(({ expression }) => expression !== null) ? `; ANALYZE ${table}` : '';
  const create = createIndexSql(index, { name: hypotheticalName(index) });
  await refusing(() => session.execute(`${create}${analyze}`));
}
