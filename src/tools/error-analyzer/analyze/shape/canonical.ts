import { hash } from 'node:crypto';
import { MARK, tokenise, VARIABLE, WORD, type Token } from './tokens.ts';
import type { Shape } from './types.ts';
import { isUnit } from './words.ts';

/** Raised with every change that gives a line another canonical text: ids of before are then other ids. */
export const SHAPE_SCHEMA = 1;

export const WILDCARD = '<*>';

const KEY_BYTES = 8;

/** Words of a line that count. */
export const MAX_SHAPE_TOKENS = 160;

/** Marks between two values of one thing: `10:42:07`, `3, 5, 8`, `1024x768`. */
const JOINING = new Set([',', ':', ';', '.', '/', '&', '..', '...', '+', 'x', '@', '*']);

const COMPARING = new Set(['<', '>', '<=', '>=', '~', '≈', '±']);

/** The shape of a collapsed text; the same text gives the same shape for ever, under one schema. */
export function shapeOf(collapsed: string): Shape {
  const tokens = tokenise(collapsed);
  return shapeOfTokens(collapsed, tokens, canonicalOf(tokens));
}

/** The part of it that only a shape which was never seen needs. */
export function shapeOfTokens(collapsed: string, tokens: readonly Token[], canonical: string): Shape {
  return { key: keyOf(canonical), canonical, template: templateOf(collapsed, tokens) };
}

export function keyOf(canonical: string): string {
  return hash('sha256', `shape ${SHAPE_SCHEMA}:${canonical}`, 'buffer').toString('hex', 0, KEY_BYTES);
}

export function canonicalOf(tokens: readonly Token[]): string {
  const folded = fold(tokens);
  const count = Math.min(folded.length, MAX_SHAPE_TOKENS);
  const words: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { kind, text } = folded[index] as Token;
    words.push(kind === VARIABLE ? WILDCARD : text);
  }
  // Joined, as a sum of strings keeps all of its parts: a table holds many thousands of these.
  return words.join(' ');
}

/** One pass over a stack: what was folded is at its top, so groups within groups need no second pass. */
function fold(tokens: readonly Token[]): Token[] {
  const stack: Token[] = [];
  for (const token of tokens) {
    const top = stack.at(-1);
    if (token.kind === WORD && top?.kind === VARIABLE && isUnit(token.text)) continue;
    if (token.kind === VARIABLE) pushVariable(stack, token);
    else if (token.text === ')') closeGroup(stack, token);
    else stack.push(token);
  }
  return stack;
}

function pushVariable(stack: Token[], token: Token): void {
  const top = stack.at(-1);
  const below = stack.at(-2);
  if (top?.kind === VARIABLE) return;
  if (top !== undefined && isJoining(top) && below?.kind === VARIABLE) {
    stack.pop();
    return;
  }
  if (top?.kind === MARK && COMPARING.has(top.text)) stack.pop();
  if (stack.at(-1)?.kind !== VARIABLE) stack.push(token);
}

function isJoining(token: Token): boolean {
  return token.kind !== VARIABLE && JOINING.has(token.text);
}

/** `(<*>)` and `()` come and go with the value: they are not part of the key. */
function closeGroup(stack: Token[], token: Token): void {
  let open = stack.length - 1;
  while (open >= 0 && (stack[open]?.kind === VARIABLE || isJoining(stack[open] as Token))) open -= 1;
  if (open >= 0 && stack[open]?.text === '(') stack.length = open;
  else stack.push(token);
}

function templateOf(collapsed: string, tokens: readonly Token[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { kind, from, to } of tokens) {
    if (kind !== VARIABLE) continue;
    parts.push(collapsed.slice(at, from));
    at = to;
  }
  parts.push(collapsed.slice(at));
  return parts.join(WILDCARD);
}
