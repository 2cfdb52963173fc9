import { scan } from 'libpg-query';
import { quoteLiteral } from '../../_shared/database/index-statement.ts';

/** A value for a place in a statement: text as the server prints it, and its type where that is known. */
export interface Literal {
  text: string;
  type: string | null;
}

export type Values = ReadonlyMap<number, Literal>;

/** Numbers of the `$n` of a statement, ascending, each once. The tokens are the parser's, so strings and comments hold none. */
export async function parameterNumbers(sql: string): Promise<number[]> {
  const numbers = (await parameterTokens(sql)).map(({ number }) => number);
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** Puts literals in the place of `$n`. Those without a value stay. */
export async function bindValues(sql: string, values: Values): Promise<string> {
  const bytes = Buffer.from(sql);
  const parts: string[] = [];
  let done = 0;
  for (const { number, start, end } of await parameterTokens(sql)) {
    const value = values.get(number);
    if (value === undefined) continue;
    parts.push(bytes.toString('utf8', done, start), literal(value));
    done = end;
  }
  return parts.join('') + bytes.toString('utf8', done);
}

/** `'O''Hara'::text` */
export function literal({ text, type }: Literal): string {
  return type === null ? quoteLiteral(text) : `${quoteLiteral(text)}::${type}`;
}

/** Offsets are bytes of the UTF-8 text, as the scanner counts. */
async function parameterTokens(sql: string): Promise<{ number: number; start: number; end: number }[]> {
  const { tokens } = await scan(sql);
  return tokens
    .filter(({ tokenName }) => tokenName === 'PARAM')
    .map(({ text, start, end }) => ({ number: Number(text.slice(1)), start, end }));
}
