import { callsOf, closingBracket, type Span, splitArguments, textOf } from '../scan/calls.ts';
import type { GoFunction } from '../scan/go.ts';
import type { GoFile, GoProgram } from './go-program.ts';

/** A call of each function of a list in turn, with the same arguments. */
export interface GoCallOfEach {
  functions: readonly GoFunction[];
  arguments: readonly Span[];
}

const LOOP =
  /^for\s+(?:\w+\s*,\s*)(\w+)\s*:?=\s*range\s+(?:(\w+)\s*(?=\{)|\[\]\s*(?:func\s*\([^(){}]*\)[^{}\n]*?|\w+)\s*(?=\{))/;

/** More than the head of such a loop ever is. */
const MAX_HEAD_LENGTH = 300;

/** `for _, register := range []func(*mux.Router) error{s.registerUsers, registerTags} { register(router) }`, also of a list that has a name. */
export function callsOfEach(
  program: GoProgram,
  file: GoFile,
  inside: GoFunction,
  at: number,
): GoCallOfEach[] {
  const { source } = file;
  const [head, name, list] = LOOP.exec(source.mask.slice(at, at + MAX_HEAD_LENGTH)) ?? [];
  if (head === undefined || name === undefined) return [];
  const open = list === undefined ? at + head.length : openOfList(file, inside, list, at);
  if (open === null) return [];
  const functions = splitArguments(source, open).flatMap(
    (element) => functionOf(program, file, textOf(source, element)) ?? [],
  );
  const from = source.mask.indexOf(
    '{',
    list === undefined ? closingBracket(source, open) + 1 : at + head.length,
  );
  if (functions.length === 0 || from === -1) return [];
  const to = closingBracket(source, from);
  return [...callsOf(source, new RegExp(`(?<![\\w.])${name}\\s*\\(`, 'g'))]
    .filter((call) => call.open > from && call.open < to)
    .map((call) => ({ functions, arguments: splitArguments(source, call.open) }));
}

function openOfList({ source }: GoFile, { body }: GoFunction, list: string, before: number): number | null {
  const written = new RegExp(`(?<![\\w.])${list}\\s*:?=\\s*\\[\\][^\\n]*\\{(?=[ \\t]*$|[\\s\\w])`, 'gm');
  const match = [...source.mask.slice(body.from, before).matchAll(written)].at(-1);
  if (match === undefined) return null;
  return body.from + match.index + match[0].lastIndexOf('{');
}

/** Of this package, bare or of a value; null where several are called so. */
function functionOf({ functions }: GoProgram, { folder }: GoFile, element: string): GoFunction | null {
  const name = /^(?:\w+\.)*(\w+)$/.exec(element)?.[1] ?? '';
  const here = (functions.get(name) ?? []).filter((one) => one.folder === folder);
  return here.length === 1 ? (here[0]?.candidate ?? null) : null;
}
