import type { CatalogTable, IndexDefinition } from '../../_shared/database/catalog.ts';
import type { Workload, WorkloadQuery } from '../workload.ts';
import { columnsOf, tableOf } from './definition.ts';
import { type CatalogFacts, selectivityOf } from './facts.ts';

/** What writers pay for an index in the window of the workload. */
export interface WriteCost {
  /** Time, in the unit of the queries' totalMs. */
  ms: number;
  /** Entries that have to be made. */
  entries: number;
  /** Updates that touch no index today and would touch all of the table's. */
  lostHot: number;
  /** The column that these updates set; null: none. */
  lostHotColumn: string | null;
}

/**
 * Measured on PostgreSQL 18, 200,000 rows in one statement, everything in memory: an integer key 4 µs a row, a text of
 * 32 characters 13 µs; GIN about 1.2 µs a key; BRIN next to nothing. An update that is no longer HOT makes an entry in
 * every index of the table (5 µs each) and leaves dead ones for the vacuum, which doubles it.
 */
const BTREE_MS = 0.004;
const BTREE_MS_PER_BYTE = 0.000_25;
const GIN_MS_PER_KEY = 0.001_2;
const BLOCK_RANGE_MS = 0.000_3;
const LOST_HOT_MS_PER_INDEX = 0.01;

export function writeCostOf(
  index: IndexDefinition,
  table: CatalogTable,
  workload: Workload,
  facts: CatalogFacts,
): WriteCost {
  const name = tableOf(index);
  const writers = workload.queries.filter(({ shape }) =>
    shape.tables.some((use) => use.access === 'write' && use.table === name),
  );
  const { inserted, updated, hotUpdated, deleted } = workload.writes.get(name) ?? writesOf(writers);
  const columns = new Set(
    columnsOf(
      index,
      table.columns.map(({ name: column }) => column),
    ),
  );
  const touched = touchedBy(writers, name, columns);
  const hotShare = updated === 0 ? 0 : hotUpdated / updated;
  // BRIN has no entry per row, and since 16 an update of its column stays HOT.
  const lostHot = index.method === 'brin' ? 0 : Math.min(hotUpdated, touched.rows * hotShare);
  const share = predicateShare(index, name, facts);
  const entries = (inserted + (updated - hotUpdated) + deleted) * share;
  const ms =
    entries * entryMs(index, name, facts) + lostHot * LOST_HOT_MS_PER_INDEX * (table.indexes.length + 1);
  return { ms, entries: entries + lostHot, lostHot, lostHotColumn: lostHot > 0 ? touched.column : null };
}

/** Where the server's own counters are not known: as much as the statements say. */
function writesOf(writers: readonly WorkloadQuery[]) {
  const rows = (kind: WorkloadQuery['shape']['kind']): number =>
    writers.filter(({ shape }) => shape.kind === kind).reduce((sum, query) => sum + query.rows, 0);
  const updated = rows('update');
  return { inserted: rows('insert'), updated, hotUpdated: updated, deleted: rows('delete') };
}

function touchedBy(
  writers: readonly WorkloadQuery[],
  table: string,
  columns: ReadonlySet<string>,
): { rows: number; column: string | null } {
  let rows = 0;
  let column: string | null = null;
  let most = 0;
  for (const { shape, rows: written } of writers) {
    if (shape.kind !== 'update' && shape.kind !== 'merge') continue;
    const use = shape.uses.find(
      (one) => one.role === 'written' && one.table === table && columns.has(one.column ?? ''),
    );
    if (use === undefined) continue;
    rows += written;
    if (written > most) [most, column] = [written, use.column];
  }
  return { rows, column };
}

function entryMs(index: IndexDefinition, table: string, facts: CatalogFacts): number {
  const width = (column: string | null): number =>
    column === null ? 16 : (facts.column(table, column)?.statistics?.averageWidth ?? 16);
  if (index.method === 'brin') return BLOCK_RANGE_MS;
  const keys = index.keys.reduce((sum, { column }) => sum + width(column), 0);
  if (index.method === 'gin' || index.method === 'gist') {
    // Trigrams: one a character; elements and paths: one in eight bytes or so.
    const entries = index.keys.some(({ operatorClass }) => operatorClass?.includes('trgm')) ? keys : keys / 8;
    return BTREE_MS + Math.max(1, entries) * GIN_MS_PER_KEY;
  }
  const included = index.include.reduce((sum, column) => sum + width(column), 0);
  return BTREE_MS + Math.max(0, keys + included - 8) * BTREE_MS_PER_BYTE;
}

function predicateShare({ predicate }: IndexDefinition, table: string, facts: CatalogFacts): number {
  const found = predicate === null ? null : /^"?([^"\s]+)"? (IS NULL|IS NOT NULL|= '(.*)')$/.exec(predicate);
  if (found === null) return 1;
  const [, column = '', condition = '', value] = found;
  return selectivityOf(
    {
      table,
      alias: table,
      scope: 0,
      column,
      expression: null,
      role: condition === 'IS NULL' ? 'is-null' : condition === 'IS NOT NULL' ? 'is-not-null' : 'equality',
      operator: null,
      value: value === undefined ? null : { kind: 'constant', text: value },
      conjunct: true,
      position: null,
      direction: null,
      nulls: null,
    },
    facts,
  );
}
