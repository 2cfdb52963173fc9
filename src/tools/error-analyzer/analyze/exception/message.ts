/** The words of a message: `canonical` for keys, `template` for people. Tier 1 of the shapes gives it. */
export interface MessageShape {
  canonical: string;
  template: string;
}

/** Types that say nothing of what went wrong: people throw them for everything. */
const GENERIC_TYPES = new Set([
  '',
  'Error',
  'Exception',
  'RuntimeException',
  'RuntimeError',
  'StandardError',
  'ErrorException',
  'ApplicationException',
  'SystemException',
  'panic',
  'fatal error',
  'Throwable',
  'BaseException',
  'AssertionError',
  'ServletException',
  'AggregateException',
  'AggregateError',
  'LogicException',
  'HttpException',
  'HTTPException',
  'AppError',
]);

export function isGenericType(type: string): boolean {
  return GENERIC_TYPES.has(type.replace(/^.*[.:\\]/u, '').replace(/ \[.*$/u, ''));
}

const QUOTED =
  /(?<![\w'])(?:'[^'\n]{0,200}'|`[^`'\n]{0,200}['`])(?!\w)|"[^"\n]{0,200}"|«[^»\n]{0,200}»|“[^”\n]{0,200}”/gu;
const VARIABLE = '<*>';
/** What stands behind one of them is what it happened to. `to` is one only behind `from`: `failed to open` says what went wrong. */
const PREPOSITIONS = new Set([
  'from',
  'of',
  'for',
  'by',
  'in',
  'on',
  'at',
  'with',
  'as',
  'after',
  'before',
  'via',
]);
const MAX_WORDS = 40;

/**
 * The words of an error message that its author wrote. Stricter than the shape of a log line, because what a message quotes is nearly always data: quoted
 * text, names in the middle of a sentence and the word behind a preposition are variable.
 */
export function messageKey(canonical: string): string {
  const words = canonical.replace(QUOTED, VARIABLE).split(/\s+/u).slice(0, MAX_WORDS);
  const kept: string[] = [];
  for (const [index, word] of words.entries()) {
    const before = words[index - 1] ?? '';
    const isObject = PREPOSITIONS.has(before) || (before === 'to' && words.lastIndexOf('from', index) !== -1);
    const next = isObject || isData(word, index === 0 || /[.:!?]$/u.test(before)) ? VARIABLE : word;
    if (next !== VARIABLE || kept.at(-1) !== VARIABLE) kept.push(next);
  }
  return kept.join(' ');
}

/** Holds a variable of its shape, or is a name: a capital within a sentence. */
function isData(word: string, beginsSentence: boolean): boolean {
  if (word.includes(VARIABLE)) return true;
  return !beginsSentence && /^\p{Lu}\p{Ll}+$/u.test(word.replace(/[,.;:)]+$/u, ''));
}
