import { literalsBeside } from './evidence.ts';
import type { Merging } from './merging.ts';
import { WILDCARD_ID, type Template } from './templates.ts';

/** A part may be optional only in a line that says enough without it. */
const LITERALS_TO_KEEP = 4;

/**
 * What is equal to another template once a part is taken for a piece of the value beside it (`cache : <*>` for `<*>`, a host and its port), or once a
 * word in parentheses is left out (`chdir ( home ) failed`). Null when there is no such pair.
 */
export function reduceOnce(merging: Merging, templates: readonly Template[]): Template[] | null {
  const byTokens = new Map(templates.map((template) => [template.tokens.join(' '), template]));
  const gone = new Set<Template>();
  const marks: Marks = {
    colon: merging.table.idOf(':'),
    open: merging.table.idOf('('),
    close: merging.table.idOf(')'),
  };
  for (const template of templates) {
    if (literalsBeside(template.tokens, -1, merging.table) <= LITERALS_TO_KEEP) continue;
    for (const { tokens, position } of reductionsOf(merging, template.tokens, marks)) {
      const host = byTokens.get(tokens.join(' '));
      if (host === undefined) continue;
      merging.components.join(host.key, template.key, {
        kind: 'optional-part',
        position,
        distinct: 1,
        needed: 1,
      });
      gone.add(template);
      break;
    }
  }
  return gone.size === 0 ? null : templates.filter((template) => !gone.has(template));
}

interface Marks {
  colon: number;
  open: number;
  close: number;
}

/** Each with the position of the word that goes. */
function reductionsOf(
  merging: Merging,
  tokens: Int32Array,
  { colon, open, close }: Marks,
): { tokens: Int32Array; position: number }[] {
  const reductions: { tokens: Int32Array; position: number }[] = [];
  for (let position = 0; position < tokens.length; position += 1) {
    const token = tokens[position] as number;
    if (!merging.table.isWord(token) || merging.isState(token)) continue;
    if (tokens[position + 1] === colon && tokens[position + 2] === WILDCARD_ID) {
      reductions.push({ tokens: without(tokens, position, 2), position });
    }
    if (tokens[position - 1] === colon && tokens[position - 2] === WILDCARD_ID) {
      reductions.push({ tokens: without(tokens, position - 1, 2), position });
    }
    if (tokens[position - 1] === open && tokens[position + 1] === close) {
      reductions.push({ tokens: without(tokens, position - 1, 3), position });
    }
  }
  return reductions;
}

function without(tokens: Int32Array, from: number, count: number): Int32Array {
  const rest = new Int32Array(tokens.length - count);
  rest.set(tokens.subarray(0, from));
  rest.set(tokens.subarray(from + count), from);
  return rest;
}
