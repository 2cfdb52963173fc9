import { RearguardError } from '../../../core/errors.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import { functionRefusal, type KnownFunction } from './gate-functions.ts';
import { collect, judgeSyntax, type Mentions, type NameMention } from './gate-syntax.ts';
import { loadSqlParser, type ParsedStatement, type SqlParser } from './parser.ts';

/** Views and domains may hold others; deeper ones are refused. */
const MAX_DEPTH = 8;

/**
 * Lets through exactly one query of PostgreSQL that only reads, and returns it (of EXPLAIN what it explains). Meant for
 * SQL that a person or an agent gives us; it is one layer beside the read-only session and the rights of its role.
 * By syntax: one SELECT, VALUES or TABLE, nothing else in it, no INTO, no locks. By the server's catalogue: every
 * function, operator, cast, view and domain that it uses, wherever it stands, is not volatile, or on a short list.
 * Throws E_SQL_UNSAFE with the reason, E_SQL_SYNTAX for what cannot be read, and the errors of the session.
 */
export async function assertReadOnlySelect(sql: string, session: SqlSession): Promise<ParsedStatement> {
  const parser = await loadSqlParser();
  const statements = parser.parse(sql);
  const [statement] = statements;
  if (statement === undefined) throw refused('it holds no statement');
  if (statements.length > 1) throw refused(`it holds ${statements.length} statements, not one`);
  const verdict = judgeSyntax(statement.node);
  if (!verdict.ok) throw refused(verdict.reason);
  await assertSameStrings(sql, session);
  await assertHarmless(verdict.mentions, session, parser);
  if (verdict.query === statement.node) return statement;
  return { node: verdict.query, text: parser.deparse(verdict.query) };
}

function refused(reason: string): RearguardError {
  return new RearguardError('E_SQL_UNSAFE', { reason });
}

/** With this setting off a backslash escapes a quote, and the server would read another statement than we did. */
async function assertSameStrings(sql: string, session: SqlSession): Promise<void> {
  if (!sql.includes('\\')) return;
  const [row] = await session.query<{ value: string }>(
    `select current_setting('standard_conforming_strings') as value`,
  );
  if (row?.value !== 'on') {
    throw refused('it holds a backslash, and the server has standard_conforming_strings off');
  }
}

/** Asks the server about everything that a query mentions, then about what its views and domains mention. */
async function assertHarmless(first: Mentions, session: SqlSession, parser: SqlParser): Promise<void> {
  const seen = new Set<string>();
  let mentions = first;
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    await assertFunctions(mentions, session);
    await assertOperators(mentions, session);
    await assertCasts(mentions, session);
    const definitions = [
      ...(await viewDefinitions(mentions.relations, session, seen)),
      ...(await domainChecks(mentions.types, session, seen)),
    ];
    if (definitions.length === 0) return;
    mentions = { functions: [], operators: new Set(), types: [], relations: [], fields: new Set() };
    for (const { name, sql } of definitions) {
      const reason = collect(
        parser.parse(sql).map(({ node }) => node),
        mentions,
      );
      if (reason !== null) throw refused(`${name}: ${reason}`);
    }
  }
  throw refused(`its views are nested more than ${MAX_DEPTH} deep`);
}

async function assertFunctions({ functions, fields }: Mentions, session: SqlSession): Promise<void> {
  const names = [...new Set(functions.map(({ name }) => name))];
  const rows = await session.query<KnownFunction & { takes_row: boolean } & Record<string, unknown>>(
    `select n.nspname as schema, p.proname as name, p.pronargs::int as arguments, p.pronargdefaults::int as defaults,
            p.provariadic <> 0 as variadic, p.prokind::text as kind,
            -- An aggregate is always called immutable; what it calls for each row need not be.
            case when exists (
              select 1 from pg_catalog.pg_aggregate a join pg_catalog.pg_proc step
                on step.oid in (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn)
              where a.aggfnoid = p.oid and step.provolatile = 'v'
            ) then 'v' else p.provolatile::text end as volatility,
            n.nspname = any (current_schemas(true)) as visible,
            n.nspname = 'pg_catalog' or exists (
              select 1 from pg_catalog.pg_depend d
              where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
            ) as shipped,
            coalesce(t.typtype in ('c', 'p'), false) as takes_row
     from pg_catalog.pg_proc p
     join pg_catalog.pg_namespace n on n.oid = p.pronamespace
     left join pg_catalog.pg_type t on t.oid = p.proargtypes[0]
     where p.proname::text = any ($1::text[])`,
    [[...new Set([...names, ...fields])]],
  );
  for (const call of functions) {
    const reason = functionRefusal(
      call,
      rows.filter(({ name }) => name === call.name),
    );
    if (reason !== null) throw refused(reason);
  }
  // `t.f` calls f(t) when t has no such column.
  const called = rows.find(
    ({ name, takes_row, volatility }) => fields.has(name) && takes_row && volatility === 'v',
  );
  if (called) throw refused(`${called.name} may be a call of a volatile function on a row`);
}

async function assertOperators({ operators }: Mentions, session: SqlSession): Promise<void> {
  const [found] = await session.query<{ name: string }>(
    `select o.oprname as name from pg_catalog.pg_operator o join pg_catalog.pg_proc p on p.oid = o.oprcode
     where o.oprname::text = any ($1::text[]) and p.provolatile = 'v' limit 1`,
    [[...operators]],
  );
  if (found) throw refused(`the operator ${found.name} calls a volatile function`);
}

async function assertCasts({ types }: Mentions, session: SqlSession): Promise<void> {
  const [found] = await session.query<{ name: string }>(
    `select t.typname as name
     from pg_catalog.pg_cast c
     join pg_catalog.pg_type t on t.oid = c.casttarget
     join pg_catalog.pg_proc p on p.oid = c.castfunc
     where t.typname::text = any ($1::text[]) and p.provolatile = 'v' limit 1`,
    [types.map(({ name }) => name)],
  );
  if (found) throw refused(`a cast to ${found.name} calls a volatile function`);
}

interface Definition {
  name: string;
  sql: string;
}

/** Definitions of the views among the relations; those of the server itself are what they are. */
async function viewDefinitions(
  relations: readonly NameMention[],
  session: SqlSession,
  seen: Set<string>,
): Promise<Definition[]> {
  const rows = await session.query<{ schema: string; name: string; sql: string }>(
    `select n.nspname as schema, c.relname as name, pg_catalog.pg_get_viewdef(c.oid) as sql
     from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'v' and c.relname::text = any ($1::text[])
       and n.nspname not in ('pg_catalog', 'information_schema')`,
    [relations.map(({ name }) => name)],
  );
  return fresh(
    rows.map(({ schema, name, sql }) => ({ name: `the view ${schema}.${name}`, sql })),
    seen,
  );
}

/** Conditions of the domains among the types, as queries. */
async function domainChecks(
  types: readonly NameMention[],
  session: SqlSession,
  seen: Set<string>,
): Promise<Definition[]> {
  const rows = await session.query<{ name: string; condition: string }>(
    `with recursive domain as (
       select t.oid, t.typname, t.typbasetype from pg_catalog.pg_type t
       where t.typname::text = any ($1::text[]) and t.typtype = 'd'
       union
       select t.oid, t.typname, t.typbasetype
       from domain d join pg_catalog.pg_type t on t.oid = d.typbasetype where t.typtype = 'd'
     )
     select d.typname as name, pg_catalog.pg_get_expr(k.conbin, 0) as condition
     from domain d join pg_catalog.pg_constraint k on k.contypid = d.oid
     where k.conbin is not null`,
    [types.map(({ name }) => name)],
  );
  return fresh(
    rows.map(({ name, condition }) => ({ name: `the domain ${name}`, sql: `select ${condition}` })),
    seen,
  );
}

function fresh(definitions: readonly Definition[], seen: Set<string>): Definition[] {
  return definitions.filter(({ name, sql }) => {
    const key = `${name} ${sql}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
