import { type Catalog, type CatalogTable, qualifiedName } from '../../_shared/database/catalog.ts';
import type { StatementDelta, StatementWindow } from '../../_shared/database/statements.ts';
import type { ColumnUse, TableUse } from '../../_shared/sql/types.ts';
import type { OptimizerOptions } from '../options.ts';
import type { Workload, WorkloadQuery } from '../workload.ts';

/** What was seen of one database in a window. */
export interface Observation {
  target: string;
  workload: Workload;
  /** The statements behind each query, by its key. */
  members: ReadonlyMap<string, readonly StatementDelta[]>;
  catalog: Catalog;
  /** Rows that the server read of each table in the window, `schema.table`; null: not readable. */
  reads: ReadonlyMap<string, number> | null;
  /** The window in steps, for what must move together; one step where nothing finer was seen. */
  steps: readonly StatementWindow[];
}

/** An observation with what all rules ask of it. */
export interface RuleContext extends Observation {
  options: OptimizerOptions;
  /** Time of all queries. */
  totalMs: number;
  tables: ReadonlyMap<string, CatalogTable>;
  /** Pages that all queries mentioning a table touched, by its name. */
  buffersByTable: ReadonlyMap<string, number>;
}

export function contextOf(observation: Observation, options: OptimizerOptions): RuleContext {
  const { workload, catalog } = observation;
  const buffersByTable = new Map<string, number>();
  for (const query of workload.queries) {
    for (const name of tableNames(query)) {
      buffersByTable.set(name, (buffersByTable.get(name) ?? 0) + query.sharedBuffers);
    }
  }
  return {
    ...observation,
    options,
    totalMs: workload.queries.reduce((sum, { totalMs }) => sum + totalMs, 0),
    tables: new Map(catalog.tables.map((table) => [qualifiedName(table), table])),
    buffersByTable,
  };
}

export function tableNames({ shape }: WorkloadQuery): string[] {
  return [...new Set(shape.tables.flatMap(({ table }) => (table === null ? [] : [table])))];
}

/** Of the time of all queries, 0 to 1. */
export function shareOf(query: WorkloadQuery, { totalMs }: RuleContext): number {
  return totalMs === 0 ? 0 : query.totalMs / totalMs;
}

/** Whether a query costs enough for its cost to matter: each call, or all of them together. */
export function matters(query: WorkloadQuery, context: RuleContext): boolean {
  const { minTime, minShare } = context.options;
  return query.meanMs >= minTime || shareOf(query, context) >= minShare;
}

export function rowsPerCall({ rows, calls }: WorkloadQuery): number {
  return calls === 0 ? 0 : rows / calls;
}

export function buffersPerCall({ sharedBuffers, calls }: WorkloadQuery): number {
  return calls === 0 ? 0 : sharedBuffers / calls;
}

/**
 * Rows of a table that a query read. PostgreSQL counts them for each table, not for each query: what it counted is
 * shared out by pages touched, and is never more than the whole table in each call. Where the server counts for each
 * statement (MySQL), that is taken. null: nobody counts.
 */
export function rowsRead(query: WorkloadQuery, table: string, context: RuleContext): number | null {
  const examined = (context.members.get(query.shape.key) ?? []).map(({ rowsExamined }) => rowsExamined);
  if (examined.length > 0 && examined.every((rows) => rows !== null)) {
    return examined.reduce((sum, rows) => sum + rows, 0);
  }
  const read = context.reads?.get(table);
  if (read === undefined) return null;
  const all = context.buffersByTable.get(table) ?? 0;
  const share = all === 0 ? 0 : query.sharedBuffers / all;
  const size = context.tables.get(table)?.rows ?? Infinity;
  return Math.min(read * share, size * query.calls);
}

/** Whether a call touches so many pages that it must have read most of the table, and no index narrowed it. */
export function readsMostOf(query: WorkloadQuery, table: CatalogTable): boolean {
  return buffersPerCall(query) >= 0.5 * Math.max(table.pages, 1);
}

/** The mention of a table that a use belongs to. */
export function isOf(
  use: Pick<ColumnUse, 'alias' | 'scope'>,
  mention: Pick<TableUse, 'alias' | 'scope'>,
): boolean {
  return use.alias === mention.alias && use.scope === mention.scope;
}

/** Whether an index begins with this column, so that a condition on it alone is served. */
export function leads(table: CatalogTable, column: string): boolean {
  return table.indexes.some(
    ({ valid, keys, predicate }) => valid && predicate === null && keys[0]?.column === column,
  );
}

/** Whether something else than `except` narrows the scan of this mention by an index. */
export function isNarrowed(
  { shape }: WorkloadQuery,
  mention: Pick<TableUse, 'alias' | 'scope'>,
  table: CatalogTable,
  except: (use: ColumnUse) => boolean = () => false,
): boolean {
  return shape.uses.some(
    (use) =>
      isOf(use, mention) &&
      !except(use) &&
      use.conjunct &&
      use.column !== null &&
      (use.role === 'equality' || use.role === 'list' || use.role === 'range' || use.role === 'prefix') &&
      leads(table, use.column),
  );
}
