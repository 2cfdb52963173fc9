import type { Node } from '@pgsql/types';
import { type Catalog, qualifiedName } from '../database/catalog.ts';
import { RearguardError } from '../../../core/errors.ts';
import { readChange } from './changes.ts';
import { keyOf } from './key.ts';
import { loadSqlParser, type ParsedStatement, type SqlParser } from './parser.ts';
import type { Reading } from './reading.ts';
import { tableLookup } from './scope.ts';
import { readSelect } from './select.ts';
import type { QueryShape } from './types.ts';

/** What one statement does. Throws E_SQL_SYNTAX when it cannot be read or is not exactly one. */
export async function readShape(sql: string, catalog: Catalog): Promise<QueryShape> {
  return shapeReader(await loadSqlParser(), catalog)(sql);
}

/** The same for many statements over one catalogue. */
export function shapeReader(parser: SqlParser, catalog: Catalog): (sql: string) => QueryShape {
  const lookup = tableLookup(catalog);
  return (sql) => {
    const statements = parser.parse(sql);
    const [statement] = statements;
    if (statement === undefined || statements.length > 1) {
      throw new RearguardError('E_SQL_SYNTAX', {
        reason: `it holds ${statements.length} statements, not one`,
      });
    }
    return shapeOf(parser, lookup, sql, statement);
  };
}

function shapeOf(
  parser: SqlParser,
  lookup: Reading['lookup'],
  sql: string,
  { node, text }: ParsedStatement,
): QueryShape {
  const reading = emptyReading(parser, lookup, sql);
  const top = { outer: null, ctes: new Map(), link: 'top' } as const;
  const output = 'SelectStmt' in node ? reading.select(node.SelectStmt, top) : reading.change(node, top);
  const returned = output.flatMap(({ lineage }) =>
    lineage === null ? [] : [{ table: qualifiedName(lineage.table), column: lineage.column.name }],
  );
  const { tables, uses, limit, offset, parameters, traits, ...lists } = reading;
  const kind = kindOf(node);
  const { subqueries, alternatives, casts, functions } = lists;
  const fingerprint = parser.fingerprint(sql);
  return {
    key: keyOf(fingerprint, node, tables),
    fingerprint,
    kind,
    label: labelOf(kind, tables, lists.cteNames, text),
    tables,
    uses,
    limit,
    offset,
    parameters,
    traits: { ...traits, returned, subqueries, alternatives, casts, functions },
  };
}

function emptyReading(parser: SqlParser, lookup: Reading['lookup'], sql: string): Reading {
  const reading: Reading = {
    parser,
    lookup,
    bytes: Buffer.from(sql),
    tables: [],
    uses: [],
    parameters: new Map(),
    limit: null,
    offset: null,
    traits: {
      stars: [],
      singleRow: false,
      counts: false,
      grouped: false,
      distinct: false,
      setOperation: false,
      modifiesData: false,
      locking: null,
      subqueries: [],
      alternatives: [],
      returned: [],
      casts: [],
      functions: [],
    },
    subqueries: [],
    alternatives: [],
    casts: [],
    functions: [],
    correlated: new Set(),
    cteNames: new Set(),
    nextScope: 0,
    select: (statement, around) => readSelect(reading, statement, around),
    change: (node, around) => readChange(reading, node, around),
  };
  return reading;
}

const KINDS: Readonly<Record<string, QueryShape['kind']>> = {
  SelectStmt: 'select',
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
  MergeStmt: 'merge',
};

function kindOf(node: Node): QueryShape['kind'] {
  return KINDS[Object.keys(node)[0] ?? ''] ?? 'utility';
}

const MAX_NAMED = 4;

/** `SELECT orders, users`; of anything else its first word. */
function labelOf(
  kind: QueryShape['kind'],
  tables: QueryShape['tables'],
  cteNames: ReadonlySet<string>,
  text: string,
): string {
  if (kind === 'utility') return firstWord(text);
  const names = tables
    .filter(({ table, name }) => table !== null || !cteNames.has(name))
    .map(({ name }) => name.split('.').at(-1) ?? name);
  const distinct = [...new Set(names)];
  const shown = distinct.slice(0, MAX_NAMED).join(', ');
  const verb = kind.toUpperCase();
  if (distinct.length === 0) return verb;
  return `${verb} ${shown}${distinct.length > MAX_NAMED ? ` and ${distinct.length - MAX_NAMED} more` : ''}`;
}

function firstWord(text: string): string {
  const bare = text.replace(/^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/, '');
  return /^\w+/.exec(bare)?.[0].toUpperCase() ?? 'UTILITY';
}
