import type {
  CatalogColumn,
  IndexDefinition,
  IndexKey,
  IndexMethod,
} from '../../_shared/database/catalog.ts';
import type { ColumnUse } from '../../_shared/sql/types.ts';
import { ascending } from './definition.ts';
import { type CatalogFacts, isText } from './facts.ts';
import type { ScanNeeds } from './needs.ts';

/** From about 100 MB on a B-tree over time costs more than it is worth where the table is in that order already. */
const BRIN_MIN_PAGES = 12_800;
const BRIN_MIN_CORRELATION = 0.98;

/** What a plain B-tree cannot serve: containment, patterns, prefixes under a language's collation, huge histories. */
export function specialCandidates(need: ScanNeeds, facts: CatalogFacts): IndexDefinition[] {
  return [
    ...need.special.flatMap((use) => searchIndex(use, need, facts)),
    ...need.prefixes.flatMap(({ use }) => prefixIndex(use, need, facts)),
    ...need.ranges.flatMap(({ use }) => blockRangeIndex(use, need, facts)),
  ];
}

function searchIndex(use: ColumnUse, need: ScanNeeds, facts: CatalogFacts): IndexDefinition[] {
  if (use.role === 'pattern' || use.role === 'prefix') {
    return isTextual(use, need, facts) ? [single(need, 'gin', use, 'gin_trgm_ops')] : [];
  }
  if (use.column === null) return [];
  const column = facts.column(need.tableName, use.column);
  const found = column === undefined ? null : containment(column, use.operator ?? '');
  return found === null ? [] : [single(need, found.method, use, found.operatorClass)];
}

function isTextual({ column, expression }: ColumnUse, need: ScanNeeds, facts: CatalogFacts): boolean {
  if (column === null) return expression !== null;
  return isText(facts.column(need.tableName, column)?.type ?? '');
}

function containment(
  { type }: CatalogColumn,
  operator: string,
): { method: IndexMethod; operatorClass: string | null } | null {
  if (type === 'jsonb') {
    // jsonb_path_ops is a third of the size and knows no question after a key alone.
    const byPath = ['@>', '@?', '@@'].includes(operator);
    return { method: 'gin', operatorClass: byPath ? 'jsonb_path_ops' : null };
  }
  if (type.endsWith('[]') || type === 'tsvector') return { method: 'gin', operatorClass: null };
  if (type.endsWith('range')) return { method: 'gist', operatorClass: null };
  return null;
}

const PATTERN_CLASSES: readonly [RegExp, string][] = [
  [/^text\b/, 'text_pattern_ops'],
  [/^(character varying|varchar)\b/, 'varchar_pattern_ops'],
  [/^(character|bpchar)\b/, 'bpchar_pattern_ops'],
];

/** In any collation but C a plain B-tree is not in the order of LIKE 'x%'. */
function prefixIndex(use: ColumnUse, need: ScanNeeds, facts: CatalogFacts): IndexDefinition[] {
  const type = use.column === null ? 'text' : (facts.column(need.tableName, use.column)?.type ?? '');
  const operatorClass = PATTERN_CLASSES.find(([pattern]) => pattern.test(type))?.[1];
  return operatorClass === undefined ? [] : [single(need, 'btree', use, operatorClass)];
}

function blockRangeIndex(use: ColumnUse, need: ScanNeeds, facts: CatalogFacts): IndexDefinition[] {
  if (use.column === null || need.table.pages < BRIN_MIN_PAGES) return [];
  const correlation = facts.column(need.tableName, use.column)?.statistics?.correlation ?? 0;
  return Math.abs(correlation) >= BRIN_MIN_CORRELATION ? [single(need, 'brin', use, null)] : [];
}

function single(
  { table }: ScanNeeds,
  method: IndexMethod,
  { column, expression }: ColumnUse,
  operatorClass: string | null,
): IndexDefinition {
  const key: IndexKey = { ...ascending(''), column, expression, operatorClass };
  return {
    schema: table.schema,
    table: table.name,
    method,
    keys: [key],
    include: [],
    predicate: null,
    unique: false,
  };
}
