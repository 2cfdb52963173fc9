import { type CatalogTable, qualifiedName } from '../../../_shared/database/catalog.ts';
import type { ColumnUse } from '../../../_shared/sql/types.ts';
import type { WorkloadQuery } from '../../workload.ts';
import { buffersPerCall, type RuleContext, rowsPerCall, rowsRead } from '../context.ts';
import { figure, rounded } from '../figures.ts';
import { FINE, found, type Verdict } from '../finding.ts';

/**
 * What is skipped was read: rows or pages read for each row returned. A query that groups, or that sorts without an
 * index, reads everything on its first page, too: there OFFSET is not the cause, and it is left to the other rules.
 */
export function judgeDeepOffset(query: WorkloadQuery, context: RuleContext): Verdict {
  const { shape } = query;
  const { offset, traits } = shape;
  if (shape.kind !== 'select' || offset === null || isZero(offset)) return FINE;
  if (traits.grouped || traits.distinct || traits.singleRow || traits.setOperation) return FINE;
  const order = shape.uses.filter(({ role, scope }) => role === 'order' && scope === 0);
  const mention = shape.tables.find(({ scope, table, alias }) =>
    order[0] === undefined ? scope === 0 && table !== null : alias === order[0].alias && scope === 0,
  );
  const table = context.tables.get(mention?.table ?? '');
  if (table === undefined) return { kind: 'unknown', reason: 'the catalogue does not have its table' };
  if (order[0] !== undefined && !(order[0].column !== null && leadsOrFollows(order[0].column, table)))
    return FINE;
  const returned = Math.max(query.rows, query.calls);
  const pages = query.sharedBuffers / returned;
  const rows = rowsRead(query, qualifiedName(table), context);
  const perRow = Math.max(pages, rows === null ? 0 : rows / returned);
  if (perRow < context.options.deepOffset.readPerRow) return FINE;
  const read = rows !== null && rows / returned >= pages ? 'rows' : 'pages';
  return found({
    title: `${shape.label} reads ${figure(perRow)} ${read} for each row it returns, to skip the ones before`,
    evidence: [
      { label: 'rows returned a call', value: rounded(rowsPerCall(query)) },
      { label: 'pages touched a call', value: rounded(buffersPerCall(query)) },
      ...(rows === null
        ? []
        : [{ label: 'rows read for each row returned', value: rounded(rows / returned) }]),
      { label: 'pages touched for each row returned', value: rounded(pages) },
    ],
    steps: stepsFor(order, table.name),
  });
}

function isZero(offset: NonNullable<WorkloadQuery['shape']['offset']>): boolean {
  return offset.kind === 'constant' && Number(offset.text) === 0;
}

/** An index gives the rows in this order, maybe within one value of the columns before it. */
function leadsOrFollows(column: string, table: CatalogTable): boolean {
  return table.indexes.some(({ keys }) => keys.some((key) => key.column === column));
}

function stepsFor(order: readonly ColumnUse[], table: string): string[] {
  const keys = order.map(({ column, expression }) => column ?? expression ?? '');
  const [first] = order;
  if (first === undefined) {
    return [
      'Give it an ORDER BY over a unique key: without one, pages may overlap and leave rows out.',
      'Ask for what comes after the last row of the page before: WHERE id > $1 ORDER BY id LIMIT $2.',
    ];
  }
  const comparison = first.direction === 'desc' ? '<' : '>';
  const row = keys.length === 1 ? keys[0] : `(${keys.join(', ')})`;
  const values = keys.length === 1 ? '$1' : `(${keys.map((_, index) => `$${index + 1}`).join(', ')})`;
  return [
    `Let clients send the sort key of the last row they have: WHERE ${row} ${comparison} ${values} in the place of OFFSET, in the same order.`,
    `End the order with a unique column of ${table}, so that no row is left out or shown twice.`,
  ];
}
