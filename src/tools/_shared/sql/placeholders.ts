import type { FuncCall, Node, ParamRef, TypeCast } from '@pgsql/types';
import { walk } from './ast.ts';
import { loadSqlParser, type SqlParser } from './parser.ts';

/**
 * SQL as programs write it, with `$n` in the place of `?`, `:name`, `@name`, `%s` and `%(name)s`. A text that
 * PostgreSQL reads as it stands is left alone: in `data ? 'key'` the mark is an operator. The same name gets the same
 * number. Throws E_SQL_SYNTAX when neither can be read.
 */
export async function translatePlaceholders(sql: string): Promise<string> {
  const parser = await loadSqlParser();
  // To the grammar `@name` is the absolute value of a column; nobody writes that without a space.
  const named = [...sql.matchAll(TOKENS)].some(({ groups }) => groups?.['at'] !== undefined);
  try {
    parser.parse(sql);
    if (!named) return sql;
  } catch (error) {
    if (numbered(sql) === sql) throw error;
  }
  const translated = numbered(sql);
  parser.parse(translated);
  return translated;
}

/** Strings, quoted names and comments, which hold no placeholders; then the placeholders. */
const TOKENS =
  /(?<opaque>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<tag>\$(?:[A-Za-z_]\w*)?\$)[\s\S]*?\k<tag>|--[^\n]*|\/\*[\s\S]*?\*\/|::|:=|\$\d+)|(?<mark>%\((?<named>\w+)\)s|%s|\?|(?<![\w\])]):(?<colon>[A-Za-z_]\w*)|(?<![\w@<])@(?<at>[A-Za-z_]\w*))/g;

function numbered(sql: string): string {
  const used = [...sql.matchAll(TOKENS)].flatMap(([token]) =>
    /^\$\d+$/.test(token) ? [Number(token.slice(1))] : [],
  );
  let last = Math.max(0, ...used);
  const names = new Map<string, number>();
  return sql.replace(TOKENS, (whole, ...rest: unknown[]) => {
    const groups = rest.at(-1) as Record<string, string | undefined>;
    if (groups['mark'] === undefined) return whole;
    const name = groups['named'] ?? groups['colon'] ?? groups['at'];
    const known = name === undefined ? undefined : names.get(name);
    if (known !== undefined) return `$${known}`;
    last += 1;
    if (name !== undefined) names.set(name, last);
    return `$${last}`;
  });
}

/**
 * A normalised text as the server accepts it again. Statistics put `$1` where a constant stood, also where the grammar
 * wants a constant: `interval $1` becomes a cast, `extract($1 from x)` a call of date_part. Anything else is returned
 * as it is.
 */
export async function repairNormalised(sql: string): Promise<string> {
  return repairText(await loadSqlParser(), sql);
}

export function repairText(parser: SqlParser, sql: string): string {
  const [statement, ...more] = parser.parse(sql);
  if (statement === undefined || more.length > 0) return sql;
  let broken = false;
  const node = structuredClone(statement.node);
  walk(node, (tag, content) => {
    if (tag === 'TypeCast' && isPrefixCast(content)) broken = true;
    if (tag === 'FuncCall' && repairExtract(content)) broken = true;
  });
  if (!broken) return sql;
  return parser.deparse(node);
}

/** `date $1`: the tree is that of a cast, and only the missing place of the `::` gives it away. */
function isPrefixCast({ arg, location }: TypeCast): boolean {
  return location === -1 && arg !== undefined && 'ParamRef' in arg;
}

function repairExtract(call: FuncCall): boolean {
  const [field] = call.args ?? [];
  if (call.funcformat !== 'COERCE_SQL_SYNTAX' || field === undefined || !('ParamRef' in field)) return false;
  const name = call.funcname?.at(-1);
  if (name === undefined || !('String' in name) || name.String.sval !== 'extract') return false;
  call.funcname = [{ String: { sval: 'date_part' } }];
  call.funcformat = 'COERCE_EXPLICIT_CALL';
  return true;
}

/**
 * The same with a cast around each parameter whose type is known, for servers that cannot tell the type themselves
 * (`$1 + $2`, `now() - $1`). Parameters that are cast already stay as they are.
 */
export async function castParameters(
  sql: string,
  types: ReadonlyMap<number, string | null>,
): Promise<string> {
  const parser = await loadSqlParser();
  const [statement] = parser.parse(sql);
  if (statement === undefined) return sql;
  const places = bareParameters(statement.node).toSorted((a, b) => b.at - a.at);
  let bytes = Buffer.from(sql);
  for (const { at, number } of places) {
    const type = types.get(number) ?? null;
    const written = `$${number}`;
    if (type === null || bytes.subarray(at, at + written.length).toString() !== written) continue;
    bytes = Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from(`${written}::${type}`),
      bytes.subarray(at + written.length),
    ]);
  }
  return bytes.toString();
}

function bareParameters(node: Node): { at: number; number: number }[] {
  const places: { at: number; number: number }[] = [];
  walk(node, (tag, content) => {
    if (tag === 'TypeCast') {
      const { arg } = content as TypeCast;
      return !(arg && 'ParamRef' in arg);
    }
    if (tag === 'ParamRef') {
      const { location = -1, number = 0 } = content as ParamRef;
      if (location >= 0) places.push({ at: location, number });
    }
    return true;
  });
  return places;
}
