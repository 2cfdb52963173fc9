import { createHash } from 'node:crypto';
import type {
  Catalog,
  CatalogTable,
  ColumnStatistics,
  IndexDefinition,
  IndexKey,
} from '../../_shared/database/catalog.ts';
import { describeIndex } from '../../_shared/database/index-statement.ts';
import type { IndexedValue, IndexSizeInput } from './index-size.ts';

/** The name by which plans call an index that does not exist: the same definition has the same name in every back-end. */
export function hypotheticalName(index: IndexDefinition): string {
  const digest = createHash('sha256').update(JSON.stringify([index.unique, describeIndex(index)]));
  return `hypothetical_${digest.digest('hex').slice(0, 12)}`;
}

export function findTable(
  catalog: Catalog,
  { schema, table }: Pick<IndexDefinition, 'schema' | 'table'>,
): CatalogTable | undefined {
  return catalog.tables.find((one) => one.schema === schema && one.name === table);
}

/**
 * @param rows entries of the index
 * @param keyTypes types of its keys, where the server told them: those of expressions stand nowhere else
 */
export function sizeInput(
  index: IndexDefinition,
  table: CatalogTable,
  rows: number,
  keyTypes: readonly (string | undefined)[] = [],
): IndexSizeInput {
  return {
    method: index.method,
    rows,
    tablePages: table.pages,
    keys: index.keys.map((key, position) => valueOf(key, table, keyTypes[position])),
    include: index.include.map((column) => columnValue(column, table)),
  };
}

function valueOf(key: IndexKey, table: CatalogTable, type: string | undefined): IndexedValue {
  if (key.column !== null) return columnValue(key.column, table);
  const column = onlyColumn(key.expression ?? '', table);
  return { type: type ?? column?.type ?? 'text', statistics: column?.statistics ?? null };
}

function columnValue(name: string, table: CatalogTable): IndexedValue {
  const column = table.columns.find((one) => one.name === name);
  return { type: column?.type ?? 'text', statistics: column?.statistics ?? null };
}

/** The column that an expression is made of, when there is exactly one. */
function onlyColumn(
  expression: string,
  { columns }: CatalogTable,
): CatalogTable['columns'][number] | undefined {
  const words = new Set(expression.match(/"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []);
  const named = columns.filter(({ name }) => words.has(name) || words.has(`"${name.replaceAll('"', '""')}"`));
  return named.length === 1 ? named[0] : undefined;
}

/** Functions that give about as many different values as they are given. */
const KEEPS_DISTINCT = /^\(*(?:pg_catalog\.)?(?:lower|upper|btrim|ltrim|rtrim|md5|reverse|unaccent)\(/i;

/**
 * What ANALYZE would find out about an expression once it is indexed, as far as that follows from the one column in it;
 * null where it does not. Without it the planner takes every expression to have 200 values.
 */
export function expressionStatistics(
  expression: string,
  table: CatalogTable,
): Pick<ColumnStatistics, 'nullShare' | 'averageWidth' | 'distinct'> | null {
  return KEEPS_DISTINCT.test(expression) ? (onlyColumn(expression, table)?.statistics ?? null) : null;
}
