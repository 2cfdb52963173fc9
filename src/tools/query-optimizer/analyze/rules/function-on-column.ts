import type { CatalogTable } from '../../../_shared/database/catalog.ts';
import type { ColumnUse } from '../../../_shared/sql/types.ts';
import type { WorkloadQuery } from '../../workload.ts';
import { buffersPerCall, isNarrowed, leads, matters, readsMostOf, type RuleContext } from '../context.ts';
import { rounded } from '../figures.ts';
import { FINE, found, type Verdict } from '../finding.ts';

const SERVED = new Set<ColumnUse['role']>(['equality', 'list', 'range', 'prefix']);

/** An expression over a column that has an index, in a condition, where no index holds the expression. */
export function judgeFunctionOnColumn(query: WorkloadQuery, context: RuleContext): Verdict {
  if (!matters(query, context)) return FINE;
  for (const use of query.shape.uses) {
    const table = context.tables.get(use.table);
    const { expression } = use;
    if (expression === null || table === undefined || !use.conjunct || !SERVED.has(use.role)) continue;
    // A bare cast is another rule's.
    if (isCast(expression) || (table.rows ?? 0) < context.options.indexable.rows) continue;
    const column = columnsIn(expression, table).find((name) => leads(table, name));
    if (column === undefined || hasIndexOf(expression, table)) continue;
    if (isNarrowed(query, use, table) || !readsMostOf(query, table)) continue;
    return found({
      title: `${expression} in ${query.shape.label} keeps the index on ${table.name} (${column}) from being used`,
      evidence: [
        { label: 'condition', value: '', sample: `${expression} ${use.operator ?? ''}` },
        { label: `rows of ${table.name}`, value: Math.round(table.rows ?? 0) },
        { label: 'pages touched a call', value: rounded(buffersPerCall(query)) },
        { label: `pages of ${table.name}`, value: table.pages },
      ],
      steps: stepsFor(expression, column),
      patch: /\$\d/.test(expression) ? null : statementFor(expression, table),
    });
  }
  return FINE;
}

function stepsFor(expression: string, column: string): string[] {
  if (/^date_trunc\(|^date\(/i.test(expression)) {
    return [
      `Compare the bare column with a range: ${column} >= $1 AND ${column} < $1 + interval '1 day' (or month), so that its index serves.`,
      'Or index the expression; date_trunc over timestamptz needs a time zone as third argument to be indexable.',
    ];
  }
  return [
    `Compare ${column} without the function where what is stored allows it (lower-case it when it is written).`,
    'Or create an index of the expression; it helps this condition alone, and costs each write of the column.',
  ];
}

function statementFor(expression: string, { schema, name }: CatalogTable): string {
  const key = /^\w+\(/.test(expression) ? expression : `(${expression})`;
  return `CREATE INDEX CONCURRENTLY ON ${schema === '' ? name : `${schema}.${name}`} (${key});`;
}

function isCast(expression: string): boolean {
  return /^("?)[\w]+\1::[\w\s]+$/.test(expression);
}

/** Columns of the table among the words of an expression: not within strings, not names of functions. */
export function columnsIn(expression: string, { columns }: Pick<CatalogTable, 'columns'>): string[] {
  const names = new Set(columns.map(({ name }) => name));
  const words = expression.matchAll(/'(?:[^']|'')*'|::\s*\w+|"((?:[^"]|"")+)"|([A-Za-z_]\w*)(?!\w*\s*\()/g);
  const found = [...words].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);
  return [...new Set(found.filter((word) => word !== undefined && names.has(word)))] as string[];
}

/** Compared as text without what the server adds to it: casts, brackets, spaces and case. */
function hasIndexOf(expression: string, { indexes }: CatalogTable): boolean {
  return indexes.some(({ keys }) =>
    keys.some((key) => key.expression !== null && sameExpression(key.expression, expression)),
  );
}

export function sameExpression(indexed: string, used: string): boolean {
  const plain = (text: string): string =>
    text
      .replace(/::[\w ]+(?=[),]|$|\s)/g, '')
      .replace(/[()\s]/g, '')
      .toLowerCase();
  const pattern = plain(used)
    .split(/\$\d+/)
    .map((part) => part.replace(/[.*+?^${}|[\]\\]/g, '\\$&'))
    .join('.+?');
  return new RegExp(`^${pattern}$`).test(plain(indexed));
}
