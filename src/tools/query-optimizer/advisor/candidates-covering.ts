import type { IndexDefinition } from '../../_shared/database/catalog.ts';
import type { CatalogFacts } from './facts.ts';
import type { ScanNeeds } from './needs.ts';

export const MAX_INCLUDED = 3;
const MAX_INCLUDED_WIDTH = 48;
/** Below this an index-only scan visits the heap for too many pages to be worth wider entries. */
const MIN_ALL_VISIBLE = 0.8;

/** The same index with the few narrow columns that a query needs beside its keys: it then need not visit the table. */
export function coveringVariants(
  index: IndexDefinition,
  { needed, table, tableName }: ScanNeeds,
  facts: CatalogFacts,
): IndexDefinition[] {
  // The planner takes an index-only scan for an expression only when its columns are there, too.
  if (needed === null || table.allVisibleShare < MIN_ALL_VISIBLE) return [];
  const keys = new Set(index.keys.map(({ column }) => column));
  const include = needed.filter((column) => !keys.has(column)).toSorted();
  if (include.length === 0 || include.length > MAX_INCLUDED) return [];
  const widths = include.map(
    (column) => facts.column(tableName, column)?.statistics?.averageWidth ?? Infinity,
  );
  const width = widths.reduce((sum, one) => sum + one, 0);
  return width <= MAX_INCLUDED_WIDTH ? [{ ...index, include }] : [];
}
