import type { CatalogTable, IndexDefinition } from '../../_shared/database/catalog.ts';
import type { Plan, PlanNode } from '../../_shared/database/plan.ts';
import { readSimpleQuery, type SimpleQuery, type TableNeeds } from '../../_shared/database/simple-query.ts';
import { createSqliteIndex, type SqliteCatalog } from '../../_shared/database/sqlite/catalog.ts';
import { scannedTables, sorts } from '../../_shared/database/sqlite/plan.ts';
import { createId, indexName } from '../advisor/index-sql.ts';
import type { CreateIndex, QueryEffect } from '../recommendation.ts';
import { candidatesFor } from '../simple/candidates.ts';
import { workloadQuery } from '../simple/workload-query.ts';
import type { WorkloadQuery } from '../workload.ts';
import { HYPOTHETICAL, type SqlitePlanner } from './planner.ts';
import type { GivenStatement } from './queries.ts';

/** Below this a table is read whole as fast as any index. */
const MIN_ROWS = 1_000;

export interface SqliteAdvice {
  recommendations: CreateIndex[];
  /** Every statement without advice, and why. */
  reasons: { query: string; reason: string }[];
}

interface Better {
  statement: GivenStatement;
  query: WorkloadQuery;
  index: IndexDefinition;
  effect: QueryEffect;
}

/**
 * For each statement the first candidate with which SQLite plans a look-up where it read everything, or needs no sort any
 * more. What two statements need is advised once. SQLite has no costs: rows that a plan visits stand in for them.
 */
export async function adviseSqlite(
  statements: readonly GivenStatement[],
  catalog: SqliteCatalog,
  planner: SqlitePlanner,
  rowsOf: (table: CatalogTable) => number,
): Promise<SqliteAdvice> {
  const reasons: SqliteAdvice['reasons'] = [];
  const better: Better[] = [];
  for (const statement of statements) {
    // An index that another statement gets may serve this one as well: fewer are better for who writes.
    const chosen = better.map(({ index }) => index);
    const found = await adviseOne(statement, catalog, planner, rowsOf, chosen);
    if (typeof found === 'string') reasons.push({ query: statement.text, reason: found });
    else better.push(found);
  }
  const all = better.reduce((sum, { effect }) => sum + effect.costBefore, 0);
  const taken = new Set(catalog.tables.flatMap(({ indexes }) => indexes.map(({ name }) => name)));
  const byIndex = new Map<string, Better[]>();
  for (const one of better) {
    const id = createId(one.index);
    byIndex.set(id, [...(byIndex.get(id) ?? []), one]);
  }
  const recommendations = [...byIndex].map(([id, uses]) => {
    const { index } = uses[0] as Better;
    const name = indexName(index, taken);
    taken.add(name);
    return recommendationOf(id, name, index, uses, all, catalog.statistics.length > 0);
  });
  return { recommendations: recommendations.toSorted((a, b) => b.gainShare - a.gainShare), reasons };
}

async function adviseOne(
  statement: GivenStatement,
  catalog: SqliteCatalog,
  planner: SqlitePlanner,
  rowsOf: (table: CatalogTable) => number,
  chosen: readonly IndexDefinition[],
): Promise<Better | string> {
  const reading = readSimpleQuery(statement.text, 'sqlite', catalog);
  if (!reading.known) return reading.reason;
  const { query } = reading;
  const before = await planner.plan(statement.text).catch((error: Error) => error.message);
  if (typeof before === 'string') return `SQLite does not take it: ${before}`;
  const scanned = new Set(weakTables(before, query));
  const needy = query.tables.filter(({ alias }) => scanned.has(alias));
  const wanting = needy.length === 0 && sorts(before) ? query.tables : needy;
  if (wanting.length === 0) return 'every table in it is looked up by an index already';
  const large = wanting.filter(({ table }) => rowsOf(table) >= MIN_ROWS);
  if (large.length === 0) return 'what it reads whole is small';
  const costBefore = visited(before, query, rowsOf, null);
  for (const needs of large.toSorted((a, b) => rowsOf(b.table) - rowsOf(a.table))) {
    const shared = chosen.filter(({ table }) => table === needs.table.name);
    for (const index of [...shared, ...candidatesFor(needs)]) {
      const after = await planner.plan(statement.text, index);
      if (!isUsed(after) || !isBetter(before, after, query, rowsOf)) continue;
      const workload = workloadQuery(statement.text, query);
      return {
        statement,
        query: workload,
        index,
        effect: {
          query: workload,
          values: statement.hasPlaceholders ? 'generic' : 'typical',
          costBefore,
          costAfter: visited(after, query, rowsOf, needs),
          planBefore: before,
          planAfter: after,
        },
      };
    }
  }
  return 'no index that its conditions or its order allow would be used';
}

/**
 * Aliases of tables that are read whole, and of those that are only narrowed by a range although the query compares
 * other columns by =.
 */
function weakTables(plan: Plan, { tables }: SimpleQuery): string[] {
  const whole = new Set(scannedTables(plan));
  const byRange = new Set<string>();
  const walk = (node: PlanNode): void => {
    const condition = node.conditions['Index Cond'];
    if (node.table !== null && condition !== undefined && !condition.includes('=')) byRange.add(node.table);
    for (const child of node.children) walk(child);
  };
  walk(plan.root);
  return tables
    .filter(({ alias, table, equality }) =>
      [alias, table.name].some((name) => whole.has(name) || (byRange.has(name) && equality.length > 0)),
    )
    .map(({ alias }) => alias);
}

/** What is read whole is less than half of it, or nothing more is, and no sort is left. */
function isBetter(
  before: Plan,
  after: Plan,
  query: SimpleQuery,
  rowsOf: (table: CatalogTable) => number,
): boolean {
  const read = (plan: Plan): number =>
    weakTables(plan, query)
      .map((name) => query.tables.find(({ alias }) => alias === name))
      .reduce((sum, use) => sum + (use === undefined ? 0 : rowsOf(use.table)), 0);
  const [readBefore, readAfter] = [read(before), read(after)];
  return readAfter < readBefore / 2 || (readAfter <= readBefore && sorts(before) && !sorts(after));
}

function isUsed({ root }: Plan): boolean {
  const uses = (node: PlanNode): boolean => node.index === HYPOTHETICAL || node.children.some(uses);
  return uses(root);
}

/** Rows that the plan visits, roughly: all of what it scans, few of what it looks up; loops multiply. Good for ranking alone. */
function visited(
  { root }: Plan,
  { tables }: SimpleQuery,
  rowsOf: (table: CatalogTable) => number,
  helped: TableNeeds | null,
): number {
  let loops = 1;
  let rows = 0;
  const walk = (node: PlanNode): void => {
    const use = tables.find(({ alias, table }) => node.alias === alias || node.table === table.name);
    if (use !== undefined) {
      const size = rowsOf(use.table);
      const isScan = node.type.startsWith('SCAN');
      const own = isScan ? size : Math.max(1, use === helped ? size / 1_000 : Math.sqrt(size) / 10);
      rows += loops * own;
      loops *= isScan && use.equality.length + use.range.length === 0 ? size : Math.max(1, own / 10);
    }
    for (const child of node.children) walk(child);
  };
  walk(root);
  return Math.round(rows);
}

function recommendationOf(
  id: string,
  name: string,
  index: IndexDefinition,
  uses: readonly Better[],
  all: number,
  isAnalyzed: boolean,
): CreateIndex {
  const saved = uses.reduce((sum, { effect }) => sum + effect.costBefore - effect.costAfter, 0);
  const columns = index.keys.map(({ column }) => column).join(', ');
  return {
    kind: 'create-index',
    id,
    name,
    index,
    because: `${uses.length === 1 ? 'A statement reads' : `${uses.length} statements read`} all of ${index.table}, and could look it up by ${columns}`,
    statement: `${createSqliteIndex(index, name)};${isAnalyzed ? ` ANALYZE ${index.table};` : ''}`,
    rollback: `DROP INDEX ${name};`,
    notes: [
      'While it is built nobody else can write to the file; readers go on in WAL mode.',
      ...(isAnalyzed
        ? []
        : [
            'ANALYZE was never run here: SQLite guesses. Run it once, and `PRAGMA optimize` from time to time.',
          ]),
    ],
    gainShare: all === 0 ? 0 : Math.min(1, saved / all),
    proof: null,
    sizeBytes: 0,
    writeShare: 0,
    effects: uses.map(({ effect }) => effect),
  };
}
