import { didYouMean } from '../../../core/suggest.ts';

/** A part of a text: itself, or what stands between `{{` and `}}`. */
export type Piece = string | Placeholder;

export type Placeholder = (
  | { kind: 'variable'; name: string }
  | { kind: 'uuid' }
  | { kind: 'int'; from: number; to: number }
  | { kind: 'now'; form: 'iso' | 'ms' | 's' }
  | { kind: 'user' }
  | { kind: 'iteration' }
) & {
  /** `{{name | raw}}`: put in as it is, without the encoding that its place would ask for. */
  raw: boolean;
};

const OPENING = /\\?\{\{/;
const NAME = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;
const BUILT_INS = ['$uuid', '$int', '$now', '$user', '$iteration'];

/** `\{{` is a literal `{{`. Throws an Error whose message says what is wrong with the text. */
export function parseTemplate(text: string): Piece[] {
  const pieces: Piece[] = [];
  let literal = '';
  let rest = text;
  for (let opening = OPENING.exec(rest); opening !== null; opening = OPENING.exec(rest)) {
    literal += rest.slice(0, opening.index);
    rest = rest.slice(opening.index + opening[0].length);
    if (opening[0].startsWith('\\')) {
      literal += '{{';
      continue;
    }
    const end = rest.indexOf('}}');
    if (end === -1) throw new Error('`{{` without its `}}`; a literal `{{` is written `\\{{`');
    if (literal !== '') pieces.push(literal);
    literal = '';
    pieces.push(placeholderOf(rest.slice(0, end)));
    rest = rest.slice(end + 2);
  }
  literal += rest;
  if (literal !== '') pieces.push(literal);
  return pieces;
}

function placeholderOf(inner: string): Placeholder {
  const [expression = '', filter, ...more] = inner.split('|').map((part) => part.trim());
  if (more.length > 0 || (filter !== undefined && filter !== 'raw')) {
    throw new Error(`{{${inner}}}: after \`|\` only \`raw\` may stand`);
  }
  const raw = filter === 'raw';
  const [name = '', ...parameters] = expression.split(/\s+/);
  if (name.startsWith('$')) return { ...builtIn(name, parameters), raw };
  if (!NAME.test(name) || parameters.length > 0) {
    throw new Error(`{{${inner}}} is not a name; a literal \`{{\` is written \`\\{{\``);
  }
  return { kind: 'variable', name, raw };
}

type BuiltIn = Placeholder extends infer Each ? (Each extends unknown ? Omit<Each, 'raw'> : never) : never;

function builtIn(name: string, parameters: readonly string[]): BuiltIn {
  if (name === '$int') return { kind: 'int', ...integerRange(parameters) };
  if (name === '$now') return { kind: 'now', form: formOf(parameters) };
  if (!BUILT_INS.includes(name)) throw new Error(`{{${name}}} is not known.${didYouMean(name, BUILT_INS)}`);
  if (parameters.length > 0) throw new Error(`{{${name}}} takes nothing after its name`);
  return { kind: name.slice(1) as 'uuid' | 'user' | 'iteration' };
}

function integerRange(parameters: readonly string[]): { from: number; to: number } {
  const [from = Number.NaN, to = Number.NaN] = parameters.map(Number);
  if (parameters.length !== 2 || !Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from > to) {
    throw new Error('{{$int}} needs the least and the greatest number: `{{$int 1 100}}`');
  }
  return { from, to };
}

function formOf(parameters: readonly string[]): 'iso' | 'ms' | 's' {
  const [form = 'iso'] = parameters;
  if (parameters.length > 1 || (form !== 'iso' && form !== 'ms' && form !== 's')) {
    throw new Error('{{$now}} is an ISO time; `{{$now ms}}` and `{{$now s}}` count since 1970');
  }
  return form;
}
