import type { A_Const, A_Expr, ColumnRef, FuncCall, Node, TypeName } from '@pgsql/types';

/** The text of a list of String nodes: the parts of a name. */
export function namesOf(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) => ('String' in node ? [node.String.sval ?? ''] : []));
}

/** Parts of a column's name as written, and whether it ends in `*`. */
export function columnPath({ fields = [] }: ColumnRef): { path: string[]; star: boolean } {
  return { path: namesOf(fields), star: fields.some((field) => 'A_Star' in field) };
}

/** `schema.name` as written; the parser's own `pg_catalog` for special syntax is left out. */
export function functionName({ funcname }: FuncCall): string {
  const names = namesOf(funcname);
  return (names[0] === 'pg_catalog' ? names.slice(1) : names).join('.');
}

export function operatorName({ name }: A_Expr): string {
  return namesOf(name).at(-1) ?? '';
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  varchar: 'character varying',
  bpchar: 'character',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  time: 'time without time zone',
  timetz: 'time with time zone',
};

/** As format_type() says it, without length and precision: `character varying`, `integer[]`. */
export function typeNameOf(type: TypeName | undefined): string {
  const name = namesOf(type?.names).at(-1) ?? '';
  return `${TYPE_NAMES[name] ?? name}${(type?.arrayBounds?.length ?? 0) > 0 ? '[]' : ''}`;
}

/** `character varying(80)` is `character varying`. */
export function baseType(type: string): string {
  return type.replace(/\(.*?\)/, '').trim();
}

/** A constant in the server's text form; numbers keep their digits. */
export function constantText(constant: A_Const): string {
  if (constant.isnull) return 'NULL';
  if (constant.ival) return String(constant.ival.ival ?? 0);
  if (constant.fval) return constant.fval.fval ?? '';
  if (constant.boolval) return constant.boolval.boolval ? 'true' : 'false';
  return constant.sval?.sval ?? constant.bsval?.bsval ?? '';
}

/** What walk() hands out; `false` leaves out what is inside. */
export type Visitor = (tag: string, content: never) => boolean | void;

/**
 * Calls the visitor for every node inside, in the order of the text as far as the tree keeps it. Tags begin with a
 * capital and fields do not, so nothing of the grammar has to be known here, and a new kind of node is walked as well.
 */
export function walk(value: unknown, visit: Visitor): void {
  if (Array.isArray(value)) {
    for (const one of value) walk(one, visit);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, content] of Object.entries(value)) {
    if (/^[A-Z]/.test(key) && visit(key, content as never) === false) continue;
    walk(content, visit);
  }
}

const AGGREGATES = new Set(
  `any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp cume_dist dense_rank
  every grouping json_agg json_agg_strict json_object_agg jsonb_agg jsonb_agg_strict jsonb_object_agg max min mode
  percent_rank percentile_cont percentile_disc range_agg range_intersect_agg rank regr_avgx regr_avgy regr_count
  regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp string_agg sum var_pop
  var_samp variance xmlagg`.split(/\s+/),
);

/** Whether a call is an aggregate; of those that users define only what the syntax gives away. */
export function isAggregate(call: FuncCall): boolean {
  if (call.over !== undefined) return false;
  const marked = call.agg_star || call.agg_distinct || call.agg_within_group;
  return marked === true || call.agg_filter !== undefined || AGGREGATES.has(functionName(call));
}

/** Whether an expression holds an aggregate of its own query: those of subqueries inside are theirs. */
export function hasAggregate(value: unknown): boolean {
  return has(value, (call) => isAggregate(call));
}

export function hasWindow(value: unknown): boolean {
  return has(value, (call) => call.over !== undefined);
}

function has(value: unknown, test: (call: FuncCall) => boolean): boolean {
  let found = false;
  walk(value, (tag, content) => {
    if (tag === 'SubLink' || tag === 'SelectStmt') return false;
    if (tag === 'FuncCall' && test(content)) found = true;
    return !found;
  });
  return found;
}
