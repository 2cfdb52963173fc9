import { groupBy } from '../../../core/group-by.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import { quoteIdentifier, quoteLiteral } from '../../_shared/database/index-statement.ts';
import {
  type ColumnRow,
  COLUMNS_SQL,
  type ConstraintRow,
  CONSTRAINTS_SQL,
  type DatabaseRow,
  databaseSql,
  EXTENDED_STATISTICS_SQL,
  type ExtendedStatisticsRow,
  type ExtensionRow,
  EXTENSIONS_SQL,
  type FunctionRow,
  FUNCTIONS_SQL,
  type IndexRow,
  INDEXES_SQL,
  type RelationRow,
  RELATIONS_SQL,
  type SchemaRow,
  SCHEMAS_SQL,
  type TypeRow,
  TYPES_SQL,
} from './schema-queries.ts';

/** One statement that builds a part of the schema. */
export interface DdlStatement {
  /** For people, when it cannot be built: `the table public.orders`. */
  what: string;
  sql: string;
}

/** How to build a schema again, without its rows. */
export interface SchemaDdl {
  locale: string;
  extensions: readonly { name: string; schema: string }[];
  /** In an order in which most of them succeed; what fails may succeed after the others. */
  statements: readonly DdlStatement[];
  /** After the rows, where rows are loaded. */
  indexStatements: readonly DdlStatement[];
  /** The planner estimates joins by them. */
  foreignKeys: readonly DdlStatement[];
  views: readonly DdlStatement[];
  /** Columns that the server computes itself, by `schema.table`. */
  generated: ReadonlyMap<string, ReadonlySet<string>>;
  /** What is there and is not built. */
  limits: readonly string[];
}

export type RowsOf = <Row extends Record<string, unknown>>(sql: string) => Promise<Row[]>;

/** Reads the schemas of a database from its catalogue, as far as planning depends on them. */
export async function readSchemaDdl(session: SqlSession): Promise<SchemaDdl> {
  const read: RowsOf = (sql) => session.query(sql, [], { catalog: true });
  const hasProviders = Number.parseInt(session.serverVersion, 10) >= 15;
  const [database] = await read<DatabaseRow>(databaseSql(hasProviders));
  const extensions = await read<ExtensionRow>(EXTENSIONS_SQL);
  const schemas = await read<SchemaRow>(SCHEMAS_SQL);
  const types = await read<TypeRow>(TYPES_SQL);
  const functions = await read<FunctionRow>(FUNCTIONS_SQL);
  const relations = await read<RelationRow>(RELATIONS_SQL);
  const columns = groupBy(await read<ColumnRow>(COLUMNS_SQL), ({ relation }) => relation);
  const constraints = await read<ConstraintRow>(CONSTRAINTS_SQL);
  const indexes = await read<IndexRow>(INDEXES_SQL);
  const [extended] = await read<ExtendedStatisticsRow>(EXTENDED_STATISTICS_SQL);

  const tables = new Map(
    relations.filter(({ kind }) => 'rpm'.includes(kind)).map((relation) => [relation.oid, relation]),
  );
  const constraintsOf = (kinds: string): DdlStatement[] =>
    constraints
      .filter(({ kind, relation }) => kinds.includes(kind) && tables.has(relation))
      .map((constraint) => constraintDdl(constraint, tables.get(constraint.relation) as RelationRow));
  return {
    // ICU and the builtin provider keep their own name; what matters first is whether it is C.
    locale: database?.locale_provider === 'b' ? 'C' : (database?.locale ?? 'C'),
    extensions,
    statements: [
      ...schemas.map(({ name }) => schemaDdl(name)),
      ...types.flatMap(typeDdl),
      ...functions.flatMap(functionDdl),
      ...[...tables.values()].map((relation) => tableDdl(relation, columns.get(relation.oid) ?? [])),
      ...[...tables.values()].flatMap(inheritanceDdl),
      ...constraintsOf('c'),
    ],
    indexStatements: [
      ...constraintsOf('pux'),
      ...indexes.filter(({ is_constraint }) => !is_constraint).map(indexDdl),
      ...indexes.flatMap(attachDdl),
    ],
    foreignKeys: constraintsOf('f'),
    views: relations.filter(({ kind }) => kind === 'v').map(viewDdl),
    generated: new Map(
      relations.map(({ oid, schema, name }) => [
        `${schema}.${name}`,
        new Set(
          (columns.get(oid) ?? []).filter(({ generated }) => generated !== '').map((column) => column.name),
        ),
      ]),
    ),
    limits: limitsOf(relations, types, functions, extended?.count ?? 0),
  };
}

function limitsOf(
  relations: readonly RelationRow[],
  types: readonly TypeRow[],
  functions: readonly FunctionRow[],
  extendedStatistics: number,
): string[] {
  const limits: string[] = [];
  const secured = relations.filter(({ row_security }) => row_security).length;
  const foreign = relations.filter(({ kind }) => kind === 'f').length;
  const bases = types.filter(({ kind }) => kind === 'b').length;
  const opaque = functions.filter(({ definition }) => definition === null).length;
  if (secured > 0) limits.push(`Row security policies of ${secured} tables are not planned with.`);
  if (foreign > 0) limits.push(`Foreign tables (${foreign}) are left out.`);
  if (bases > 0) limits.push(`Base types of your own (${bases}) are left out.`);
  if (opaque > 0) {
    limits.push(
      `Functions in other languages than SQL and PL/pgSQL, and aggregates (${opaque}) are left out.`,
    );
  }
  if (extendedStatistics > 0)
    limits.push(`Extended statistics (${extendedStatistics}) are not planned with.`);
  return limits;
}

function schemaDdl(name: string): DdlStatement {
  return { what: `the schema ${name}`, sql: `CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(name)}` };
}

function typeDdl({ name, kind, labels, base, checks, fields }: TypeRow): DdlStatement[] {
  const definition: Readonly<Record<string, string>> = {
    e: `CREATE TYPE ${name} AS ENUM (${(labels ?? []).map(quoteLiteral).join(', ')})`,
    d: `CREATE DOMAIN ${name} AS ${base ?? 'text'} ${(checks ?? []).join(' ')}`,
    c: `CREATE TYPE ${name} AS (${(fields ?? []).join(', ')})`,
    r: `CREATE TYPE ${name} AS RANGE (SUBTYPE = ${base ?? 'integer'})`,
  };
  const sql = definition[kind];
  return sql === undefined ? [] : [{ what: `the type ${name}`, sql }];
}

function functionDdl({ name, definition }: FunctionRow): DdlStatement[] {
  return definition === null ? [] : [{ what: `the function ${name}`, sql: definition }];
}

/** A materialized view is a table to those who read it. */
function tableDdl(relation: RelationRow, columns: readonly ColumnRow[]): DdlStatement {
  const partition = relation.partition_key === null ? '' : ` PARTITION BY ${relation.partition_key}`;
  const options =
    relation.parallel_workers === null ? '' : ` WITH (parallel_workers = ${relation.parallel_workers})`;
  return {
    what: `the table ${relation.schema}.${relation.name}`,
    sql: `CREATE TABLE ${nameOf(relation)} (${columns.map(columnDdl).join(', ')})${partition}${options}`,
  };
}

function columnDdl({ name, type, not_null, collation, generated, expression }: ColumnRow): string {
  const how: Readonly<Record<string, string>> = { s: 'STORED', v: 'VIRTUAL' };
  return [
    quoteIdentifier(name),
    type,
    ...(collation === null ? [] : [`COLLATE ${collation}`]),
    ...(generated === ''
      ? []
      : [`GENERATED ALWAYS AS (${expression ?? 'NULL'}) ${how[generated] ?? 'STORED'}`]),
    ...(not_null ? ['NOT NULL'] : []),
  ].join(' ');
}

function inheritanceDdl(relation: RelationRow): DdlStatement[] {
  const name = nameOf(relation);
  const what = `the inheritance of ${relation.schema}.${relation.name}`;
  return (relation.parents ?? []).map((parent) => ({
    what,
    sql:
      relation.bound === null
        ? `ALTER TABLE ${name} INHERIT ${parent}`
        : `ALTER TABLE ONLY ${parent} ATTACH PARTITION ${name} ${relation.bound}`,
  }));
}

function constraintDdl({ name, kind, definition }: ConstraintRow, relation: RelationRow): DdlStatement {
  // Keys of a partitioned table are built for each partition and attached, as the source has them.
  const only = 'pux'.includes(kind) ? 'ONLY ' : '';
  return {
    what: `the constraint ${name} of ${relation.schema}.${relation.name}`,
    sql: `ALTER TABLE ${only}${nameOf(relation)} ADD CONSTRAINT ${quoteIdentifier(name)} ${definition}`,
  };
}

function indexDdl({ schema, name, definition }: IndexRow): DdlStatement {
  return { what: `the index ${schema}.${name}`, sql: definition };
}

function attachDdl({ schema, name, parent }: IndexRow): DdlStatement[] {
  if (parent === null) return [];
  return [
    {
      what: `the index ${schema}.${name} as a part of ${parent}`,
      sql: `ALTER INDEX ${parent} ATTACH PARTITION ${nameOf({ schema, name })}`,
    },
  ];
}

function viewDdl(relation: RelationRow): DdlStatement {
  return {
    what: `the view ${relation.schema}.${relation.name}`,
    sql: `CREATE VIEW ${nameOf(relation)} AS ${relation.view ?? 'SELECT NULL'}`,
  };
}

function nameOf({ schema, name }: { schema: string; name: string }): string {
  return `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
}
