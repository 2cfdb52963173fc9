import type { CatalogColumn, CatalogTable } from '../../../_shared/database/catalog.ts';
import type { WorkloadQuery } from '../../workload.ts';
import { type RuleContext, rowsPerCall } from '../context.ts';
import { rounded } from '../figures.ts';
import { FINE, found, type Verdict } from '../finding.ts';
import { formatSize } from '../../../../core/size.ts';

const PAGE_BYTES = 8_192;
const LONG_TYPES = /^(text|json|jsonb|bytea|xml|character varying|tsvector)\b|\[\]$/;

/** Wide columns that are returned as they are, for so many rows that each call carries a lot. */
export function judgeWideSelect(query: WorkloadQuery, context: RuleContext): Verdict {
  const { kind, traits } = query.shape;
  const rows = rowsPerCall(query);
  // One row is opened to be read, whatever it holds.
  if (kind !== 'select' || traits.grouped || rows < 2) return FINE;
  const { columnBytes, bytesPerCall } = context.options.wideSelect;
  const wide = traits.returned.flatMap(({ table: name, column: columnName }) => {
    const table = context.tables.get(name);
    const column = table?.columns.find((one) => one.name === columnName);
    if (table === undefined || column === undefined) return [];
    const width = widthOf(column, table);
    return width >= columnBytes ? [{ name: columnName, width }] : [];
  });
  const bytes = rows * wide.reduce((sum, { width }) => sum + width, 0);
  if (wide.length === 0 || bytes < bytesPerCall) return FINE;
  const names = wide.map(({ name }) => name).join(', ');
  return found({
    title: `${query.shape.label} returns ${formatSize(bytes)} of ${names} in each call`,
    confidence: traits.stars.length > 0 ? 'likely' : 'possible',
    evidence: [
      { label: 'rows returned a call', value: rounded(rows) },
      ...wide.map(({ name, width }) => ({
        label: `average width of ${name}`,
        value: Math.round(width),
        unit: 'bytes',
      })),
      { label: 'selected by', value: traits.stars.length > 0 ? '*' : 'name' },
    ],
    impact: {
      summary: `About ${formatSize(bytes)} a call are read, sent and parsed for these columns`,
      basis: 'modelled',
    },
    steps: [
      `See whether the caller uses ${names}; if it does not, name the columns it needs.`,
      'Fetch the wide columns for one row when it is opened.',
    ],
  });
}

/**
 * Average width in bytes. Statistics count a value that is kept out of line as its pointer, so what the table holds
 * beside its heap and its indexes is shared out over the columns that can be moved there.
 */
function widthOf({ type, statistics }: CatalogColumn, table: CatalogTable): number {
  const inline = statistics?.averageWidth ?? 0;
  if (!LONG_TYPES.test(type) || table.rows === null || table.rows < 1) return inline;
  const indexes = table.indexes.reduce((sum, { bytes }) => sum + bytes, 0);
  const outOfLine = Math.max(0, table.totalBytes - indexes - table.pages * PAGE_BYTES);
  const long = table.columns.filter((column) => LONG_TYPES.test(column.type)).length;
  // Maps and the TOAST index are there without a value.
  return outOfLine < 1_000_000 ? inline : Math.max(inline, outOfLine / table.rows / long);
}
