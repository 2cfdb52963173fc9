import type {
  A_Indirection,
  ExplainStmt,
  FuncCall,
  Node,
  RangeTableSample,
  RangeVar,
  SelectStmt,
  SortBy,
  TypeName,
} from '@pgsql/types';
import { columnPath, namesOf, operatorName, walk } from './ast.ts';

/** What a query calls and reads: the server has to say whether that is harmless. */
export interface Mentions {
  functions: FunctionMention[];
  /** Names of operators: each is a function, too. */
  operators: Set<string>;
  /** Types that something is cast to; null as schema: the search path decides. */
  types: NameMention[];
  relations: NameMention[];
  /** Last parts of dotted names: `row.name` is a call of name(row) where there is no such column. */
  fields: Set<string>;
}

export interface NameMention {
  schema: string | null;
  name: string;
}

export interface FunctionMention extends NameMention {
  arguments: number;
  /** Named or VARIADIC arguments, ordered sets and `*`: the number does not say which overload it is. */
  loose: boolean;
}

/** A query that reads, by its syntax alone, or why it is not one. */
export type SyntaxVerdict = { ok: true; query: Node; mentions: Mentions } | { ok: false; reason: string };

export function judgeSyntax(statement: Node): SyntaxVerdict {
  const query = 'ExplainStmt' in statement ? explained(statement.ExplainStmt) : statement;
  if (typeof query === 'string') return { ok: false, reason: query };
  if (!('SelectStmt' in query)) return { ok: false, reason: `it is ${described(query)}, not a SELECT` };
  const mentions: Mentions = {
    functions: [],
    operators: new Set(),
    types: [],
    relations: [],
    fields: new Set(),
  };
  const reason = collect(query, mentions);
  return reason === null ? { ok: true, query, mentions } : { ok: false, reason };
}

/** EXPLAIN that only plans is as harmless as what it explains; with ANALYZE it runs. */
function explained({ query, options = [] }: ExplainStmt): Node | string {
  const runs = options.some((option) => 'DefElem' in option && option.DefElem.defname === 'analyze');
  if (runs) return 'EXPLAIN ANALYZE runs the query';
  return query ?? 'it explains nothing';
}

/**
 * Everything in a query that could do something, or the reason why it may not be run. Every statement that is no
 * SELECT is refused wherever it stands, so a kind that nobody thought of is refused as well.
 */
export function collect(query: unknown, mentions: Mentions): string | null {
  let reason: string | null = null;
  walk(query, (tag, content) => {
    reason ??= refusal(tag, content);
    if (reason !== null) return false;
    note(tag, content, mentions);
    return true;
  });
  return reason;
}

const SAMPLE_METHODS = new Set(['bernoulli', 'system', 'system_rows', 'system_time']);

function refusal(tag: string, content: never): string | null {
  if (tag === 'SelectStmt') {
    const { intoClause, lockingClause } = content as SelectStmt;
    if (intoClause !== undefined) return 'SELECT INTO makes a table';
    return lockingClause === undefined ? null : 'FOR UPDATE and FOR SHARE take locks';
  }
  if (tag.endsWith('Stmt')) return `it holds ${described({ [tag]: content } as unknown as Node)}`;
  if (tag === 'RangeTableSample') {
    const method = namesOf((content as RangeTableSample).method).at(-1) ?? '';
    return SAMPLE_METHODS.has(method) ? null : `the sampling method ${method} is not known`;
  }
  return null;
}

function described(node: Node): string {
  const words = (Object.keys(node)[0] ?? 'nothing').replace(/Stmt$/, '').replace(/([a-z])([A-Z])/g, '$1 $2');
  const article = /^[AEIOU]/.test(words) ? 'an' : 'a';
  return `${article} ${words.toUpperCase()} statement`;
}

function note(tag: string, content: never, mentions: Mentions): void {
  if (tag === 'FuncCall') mentions.functions.push(calledBy(content));
  if (tag === 'A_Expr') mentions.operators.add(operatorName(content));
  if (tag === 'SubLink') addAll(mentions.operators, lastOf((content as { operName?: Node[] }).operName));
  if (tag === 'SortBy') addAll(mentions.operators, lastOf((content as SortBy).useOp));
  // Casts, and columns that XMLTABLE, JSON_TABLE and functions declare.
  const { typeName } = content as { typeName?: TypeName };
  if (typeName !== undefined) {
    const [schema, name] = qualified(namesOf(typeName.names));
    mentions.types.push({ schema, name });
  }
  if (tag === 'RangeVar') {
    const { schemaname, relname = '' } = content as RangeVar;
    mentions.relations.push({ schema: schemaname ?? null, name: relname });
  }
  if (tag === 'ColumnRef') {
    const { path } = columnPath(content);
    if (path.length > 1) mentions.fields.add(path.at(-1) ?? '');
  }
  if (tag === 'A_Indirection') addAll(mentions.fields, namesOf((content as A_Indirection).indirection));
}

function calledBy(call: FuncCall): FunctionMention {
  const [schema, name] = qualified(namesOf(call.funcname));
  const named = call.args?.some((argument) => 'NamedArgExpr' in argument) ?? false;
  return {
    schema,
    name,
    arguments: call.args?.length ?? 0,
    loose: named || call.func_variadic === true || call.agg_within_group === true || call.agg_star === true,
  };
}

function qualified(names: readonly string[]): [string | null, string] {
  return [names.length > 1 ? (names.at(-2) ?? null) : null, names.at(-1) ?? ''];
}

function lastOf(nodes: readonly Node[] | undefined): string[] {
  return namesOf(nodes).slice(-1);
}

function addAll(set: Set<string>, names: readonly string[]): void {
  for (const name of names) set.add(name);
}
