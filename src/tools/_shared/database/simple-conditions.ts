import type { SqlToken } from '../../../core/sql-tokens.ts';
import type { CatalogTable } from './catalog.ts';
import { closing, isName, isSymbol, same, topLevel, word } from './simple-tokens.ts';

const RANGES = new Set(['<', '<=', '>', '>=']);
const EQUALS = new Set(['=', '==', '<=>']);

/** Tables of FROM, by the names that the query gives them. */
export interface Scope {
  tables: { table: CatalogTable; alias: string }[];
}

/** Conditions that must all hold; none where an OR stands between them. */
export function conjuncts(tokens: readonly SqlToken[]): SqlToken[][] {
  if (tokens.length === 0) return [];
  if (isSymbol(tokens[0], '(') && closing(tokens, 0) === tokens.length - 1)
    return conjuncts(tokens.slice(1, -1));
  const top = topLevel(tokens);
  if (top.some((index) => ['OR', 'XOR', '||'].includes(word(tokens[index]) || tokens[index]?.text || '')))
    return [];
  const parts: SqlToken[][] = [[]];
  let between = false;
  for (const [index, token] of tokens.entries()) {
    const isTop = top.includes(index);
    if (isTop && word(token) === 'BETWEEN') between = true;
    if (isTop && (word(token) === 'AND' || token.text === '&&') && !between) {
      parts.push([]);
      continue;
    }
    if (isTop && word(token) === 'AND') between = false;
    parts.at(-1)?.push(token);
  }
  return parts.flatMap((part) =>
    isSymbol(part[0], '(') && closing(part, 0) === part.length - 1 ? conjuncts(part.slice(1, -1)) : [part],
  );
}

export interface Condition {
  alias: string;
  column: string;
  role: 'equality' | 'range' | 'join';
}

export function conditionOf(part: readonly SqlToken[], scope: Scope): Condition[] {
  const left = columnAt(part, 0, scope);
  if (left === null) return flipped(part, scope);
  const rest = part.slice(left.length);
  const [first, second] = [word(rest[0]) || rest[0]?.text || '', word(rest[1])];
  const { alias, column } = left;
  const right = rest.slice(1);
  if (EQUALS.has(first) || (first === 'IS' && second !== 'NOT')) {
    const other = columnAt(right, 0, scope);
    if (other !== null && other.length === right.length) {
      return other.alias === alias
        ? []
        : [
            { alias, column, role: 'join' },
            { alias: other.alias, column: other.column, role: 'join' },
          ];
    }
    return mentions(right, scope) ? [] : [{ alias, column, role: 'equality' }];
  }
  if (first === 'IN') return mentions(right, scope) ? [] : [{ alias, column, role: 'equality' }];
  if (RANGES.has(first) || first === 'BETWEEN')
    return mentions(right, scope) ? [] : [{ alias, column, role: 'range' }];
  // Only a pattern that does not begin with a wildcard can be looked up; a placeholder may be either.
  if (first === 'LIKE' && rest[1]?.kind === 'string' && !/^[%_]/.test(rest[1].text))
    return [{ alias, column, role: 'range' }];
  return [];
}

/** `? = column` and `? < column` */
function flipped(part: readonly SqlToken[], scope: Scope): Condition[] {
  const at = part.findIndex(({ text, kind }) => kind === 'symbol' && (EQUALS.has(text) || RANGES.has(text)));
  if (at <= 0 || mentions(part.slice(0, at), scope)) return [];
  const right = columnAt(part, at + 1, scope);
  if (right === null || right.length !== part.length - at - 1) return [];
  return [
    {
      alias: right.alias,
      column: right.column,
      role: EQUALS.has(part[at]?.text ?? '') ? 'equality' : 'range',
    },
  ];
}

interface FoundColumn {
  alias: string;
  column: string;
  /** Tokens it is written with. */
  length: number;
}

/** The column that is written at this place; null for anything else, functions included. */
export function columnAt(tokens: readonly SqlToken[], at: number, { tables }: Scope): FoundColumn | null {
  const token = tokens[at];
  if (token === undefined || !isName(token)) return null;
  const chain = [token.text];
  let next = at + 1;
  while (isSymbol(tokens[next], '.') && tokens[next + 1] !== undefined) {
    chain.push(tokens[next + 1]?.text ?? '');
    next += 2;
  }
  if (isSymbol(tokens[next], '(')) return null;
  const name = chain.at(-1) ?? '';
  const owner = chain.at(-2);
  const candidates = tables.filter(
    ({ table, alias }) => owner === undefined || same(alias, owner) || same(table.name, owner),
  );
  const found = candidates.flatMap(({ table, alias }) => {
    const column = columnOf(table, name);
    return column === null ? [] : [{ alias, column, length: next - at }];
  });
  return found.length === 1 ? (found[0] as FoundColumn) : null;
}

function mentions(tokens: readonly SqlToken[], scope: Scope): boolean {
  return tokens.some((_, index) => columnAt(tokens, index, scope) !== null);
}

export function columnOf({ columns }: CatalogTable, name: string): string | null {
  return columns.find((column) => same(column.name, name))?.name ?? null;
}
