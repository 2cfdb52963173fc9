import type { SqlToken } from '../../../core/sql-tokens.ts';

/** Indexes of tokens outside of parentheses. */
export function topLevel(tokens: readonly SqlToken[]): number[] {
  let depth = 0;
  return tokens.flatMap((token, index) => {
    if (isSymbol(token, ')')) depth -= 1;
    const isTop = depth === 0;
    if (isSymbol(token, '(')) depth += 1;
    return isTop && !isSymbol(token, '(') ? [index] : [];
  });
}

export function endOf(
  tokens: readonly SqlToken[],
  top: readonly number[],
  from: number,
  names: readonly string[],
): number {
  return top.find((index) => index > from && names.includes(word(tokens[index]))) ?? tokens.length;
}

export function splitAtCommas(tokens: readonly SqlToken[]): SqlToken[][] {
  const top = new Set(topLevel(tokens));
  const parts: SqlToken[][] = [[]];
  for (const [index, token] of tokens.entries()) {
    if (top.has(index) && isSymbol(token, ',')) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** Offset of the parenthesis that closes the one at `open`. */
export function closing(tokens: readonly SqlToken[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index += 1) {
    if (isSymbol(tokens[index], '(')) depth += 1;
    if (isSymbol(tokens[index], ')')) depth -= 1;
    if (depth === 0) return index;
  }
  return tokens.length;
}

export function isName({ kind }: SqlToken): boolean {
  return kind === 'name' || kind === 'word';
}

export function isSymbol(token: SqlToken | undefined, text: string): boolean {
  return token?.kind === 'symbol' && token.text === text;
}

export function word(token: SqlToken | undefined): string {
  return token?.kind === 'word' ? token.text.toUpperCase() : '';
}

export function same(a: string, b: string | undefined): boolean {
  return a.toLowerCase() === b?.toLowerCase();
}
