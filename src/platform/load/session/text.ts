import { builtInValue, type Value } from './built-ins.ts';
import { asIs, type Escape } from './escape.ts';
import type { Scope } from './scope.ts';
import { parseTemplate, type Piece, type Placeholder } from './template.ts';
import type { SessionState } from './types.ts';

/** A text of a step: the same for all sessions, or made for each. */
export type Text = { constant: string } | { value: Value };

export interface TextContext {
  scope: Scope;
  /** Names that steps before this one have extracted. */
  available: ReadonlySet<string>;
  seed: number;
  now: () => number;
  /** Called with what is wrong; compilation goes on, so that all of it is said at once. */
  report: (problem: string) => void;
}

/** How a value is written at its place; `raw` is how it is written with `| raw`. Literal parts go through `literal`. */
export interface Place {
  literal: Escape;
  value: Escape;
  raw: Escape;
}

/** `places` gives the place for each piece, in order. */
export function compileText(
  text: string,
  context: TextContext,
  placeOf: (piece: Piece) => Place,
  onVariable: (name: string) => void = () => undefined,
): Text {
  const parts: (string | Value)[] = [];
  for (const piece of piecesOf(text, context)) {
    const place = placeOf(piece);
    if (typeof piece === 'string') {
      push(parts, place.literal(piece));
      continue;
    }
    if (piece.kind === 'variable') onVariable(piece.name);
    const found = resolve(piece, context);
    const escape = piece.raw ? place.raw : place.value;
    if ('constant' in found) push(parts, escape(found.constant));
    else if (escape === asIs || isPlain(piece)) parts.push(found.value);
    else parts.push((session) => escape(found.value(session)));
  }
  return joined(parts);
}

function piecesOf(text: string, { report }: TextContext): Piece[] {
  try {
    return parseTemplate(text);
  } catch (error) {
    report((error as Error).message);
    return [];
  }
}

function resolve(placeholder: Placeholder, { scope, available, seed, now, report }: TextContext): Text {
  if (placeholder.kind !== 'variable') return { value: builtInValue(placeholder, seed, now) };
  const found = scope.lookUp(placeholder.name, available);
  if (!('problem' in found)) return found;
  report(found.problem);
  return { constant: '' };
}

/** Digits, hexadecimal and hyphens need no encoding anywhere. */
function isPlain({ kind }: Placeholder): boolean {
  return kind !== 'variable' && kind !== 'now';
}

function push(parts: (string | Value)[], literal: string): void {
  const last = parts.at(-1);
  if (typeof last === 'string') parts[parts.length - 1] = last + literal;
  else parts.push(literal);
}

function joined(parts: readonly (string | Value)[]): Text {
  const [first = '', second = '', third = ''] = parts;
  if (parts.length <= 1 && typeof first === 'string') return { constant: first };
  if (parts.length === 1 && typeof first === 'function') return { value: first };
  // The commonest shape, a value between two literals, without a loop.
  if (
    parts.length <= 3 &&
    typeof first === 'string' &&
    typeof second === 'function' &&
    typeof third === 'string'
  ) {
    return { value: (session) => first + second(session) + third };
  }
  return {
    value(session) {
      let text = '';
      for (const part of parts) text += typeof part === 'string' ? part : part(session);
      return text;
    },
  };
}

/** Without a session only for texts that are constant. */
export function renderText(text: Text, session: SessionState | null): string {
  if ('constant' in text) return text.constant;
  return session === null ? '' : text.value(session);
}
