import type { DatabaseTarget } from '../../../config/targets.ts';
import { RearguardError } from '../../../core/errors.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import type { Catalog, IndexDefinition } from '../../_shared/database/catalog.ts';
import { createIndexSql, quoteIdentifier } from '../../_shared/database/index-statement.ts';
import type { PlanNode } from '../../_shared/database/plan.ts';
import { planHash } from '../../_shared/database/plan-hash.ts';
import { explain, planOf } from './explain.ts';
import { findTable, hypotheticalName, sizeInput } from './hypothetical.ts';
import { indexBytes } from './index-size.ts';
import type { WhatIfContext } from './open.ts';
import { serialised } from './serialised.ts';
import type { Configuration, WhatIf } from './types.ts';

const STATEMENT_TIMEOUT_MS = 5_000;

/**
 * HypoPG in the user's own database: indexes that only this session's planner sees. It lives in the memory of one session
 * and writes nothing, so the session stays a read-only one.
 */
export async function openHypopg(
  { sql, signal }: Pick<WhatIfContext, 'sql' | 'signal'>,
  target: DatabaseTarget,
  { serverVersion }: SqlSession,
  catalog: Catalog,
): Promise<WhatIf> {
  const version = catalog.extensions.get('hypopg') ?? '0';
  const canHide = isAtLeast(version, 1, 4);
  // Of its own: what is hypothetical here must not show in the plans of others.
  const session = await sql.open(target.url, { statementTimeoutMs: STATEMENT_TIMEOUT_MS, signal });
  const [place] = await session.query<{ schema: string }>(
    `SELECT n.nspname AS schema FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'hypopg'`,
    [],
    { catalog: true },
  );
  const schema = quoteIdentifier(place?.schema ?? 'public');
  await session.query(`SELECT ${schema}.hypopg_reset()`);
  const inOrder = serialised();
  const sizes = new Map<string, number>();
  let current = { added: new Map<string, string>(), hidden: '' };

  async function show({ add, hide }: Configuration): Promise<ReadonlyMap<string, string>> {
    const wanted = new Map(add.map((index) => [hypotheticalName(index), index]));
    for (const [name, oid] of current.added) {
      if (wanted.has(name)) continue;
      await session.query(`SELECT ${schema}.hypopg_drop_index($1::oid)`, [oid]);
      current.added.delete(name);
    }
    for (const [name, index] of wanted) {
      if (!current.added.has(name)) current.added.set(name, await create(index));
    }
    await hideIndexes(hide);
    const names = new Map<string, string>();
    if (current.added.size === 0) return names;
    const rows = await session.query<{ oid: string; name: string }>(
      `SELECT indexrelid::text AS oid, index_name AS name FROM ${schema}.hypopg_list_indexes`,
    );
    const nameOf = new Map(rows.map(({ oid, name }) => [oid, name]));
    for (const [name, oid] of current.added) names.set(nameOf.get(oid) ?? '', name);
    return names;
  }

  async function create(index: IndexDefinition): Promise<string> {
    const [row] = await session.query<{ oid: string }>(
      `SELECT indexrelid::text AS oid FROM ${schema}.hypopg_create_index($1)`,
      [createIndexSql(index, { name: null })],
    );
    if (row === undefined) throw new RearguardError('E_SQL_REFUSED', { reason: 'HypoPG made no index' });
    return row.oid;
  }

  async function hideIndexes(names: readonly string[]): Promise<void> {
    const wanted = names.toSorted().join('\n');
    if (wanted === current.hidden) return;
    if (!canHide) {
      const reason = `HypoPG ${version} cannot hide an index; 1.4 can`;
      throw new RearguardError('E_SQL_REFUSED', { reason });
    }
    await session.query(`SELECT ${schema}.hypopg_unhide_all_indexes()`);
    for (const name of names) {
      const dot = name.indexOf('.');
      const qualified = `${quoteIdentifier(name.slice(0, dot))}.${quoteIdentifier(name.slice(dot + 1))}`;
      await session.query(`SELECT ${schema}.hypopg_hide_index($1::regclass)`, [qualified]);
    }
    current.hidden = wanted;
  }

  return {
    kind: 'hypopg',
    label: `HypoPG ${version} in PostgreSQL ${serverVersion}`,
    limits: [
      'HypoPG takes B-trees to be larger than they are where values repeat.',
      ...(canHide ? [] : [`HypoPG ${version} cannot hide an index: what could be dropped is not planned.`]),
    ],
    supports: ({ method }) => ['btree', 'hash', 'brin'].includes(method),
    plan: (query, configuration, { generic = false } = {}) =>
      inOrder(async () => {
        const names = await show(configuration);
        const { root, ...plan } = generic
          ? planOf(await session.genericPlan?.(query))
          : await explain(session, query);
        const named = renamed(root, names);
        return { ...plan, root: named, hash: planHash(named) };
      }),
    sizeOf: (index) =>
      inOrder(async () => {
        const name = hypotheticalName(index);
        const known = sizes.get(name);
        if (known !== undefined) return known;
        const table = findTable(catalog, index);
        if (table === undefined) {
          const reason = `there is no table ${index.schema}.${index.table}`;
          throw new RearguardError('E_SQL_REFUSED', { reason });
        }
        const bytes = indexBytes(sizeInput(index, table, await rowsOf(index, table.rows ?? 0)));
        sizes.set(name, bytes);
        return bytes;
      }),
    async close() {
      await session.close();
    },
  };

  async function rowsOf({ schema, table, predicate }: IndexDefinition, rows: number): Promise<number> {
    if (predicate === null) return rows;
    const name = `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`;
    const { root } = await explain(session, `SELECT FROM ${name} WHERE ${predicate}`);
    return Math.min(rows, root.estimatedRows ?? rows);
  }
}

/** HypoPG's names hold a number that differs in every session. */
function renamed(node: PlanNode, names: ReadonlyMap<string, string>): PlanNode {
  return {
    ...node,
    index: node.index === null ? null : (names.get(node.index) ?? node.index),
    children: node.children.map((child) => renamed(child, names)),
  };
}

function isAtLeast(version: string, major: number, minor: number): boolean {
  const [a = 0, b = 0] = version.split('.').map(Number);
  return a > major || (a === major && b >= minor);
}
