import type { ColumnRole, Value } from './types.ts';

/** The same comparison seen from the other side. */
export function mirrored(operator: string): string {
  return MIRROR[operator] ?? operator;
}

const MIRROR: Readonly<Record<string, string>> = {
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
  '@>': '<@',
  '<@': '@>',
  '<<': '>>',
  '>>': '<<',
};

const CONTAINS = new Set([
  '@>',
  '<@',
  '?',
  '?|',
  '?&',
  '&&',
  '@@',
  '@@@',
  '@?',
  '<<',
  '>>',
  '&<',
  '&>',
  '-|-',
  '~=',
]);
/** LIKE and ILIKE as operators, regular expressions, and the similarities of pg_trgm. */
const PATTERNS = new Set(['~~', '~~*', '~', '~*', '%', '<%', '%>', '<<%', '%>>', '^@']);

/** What a comparison with a value does for an index on its column. */
export function comparisonRole(operator: string, value: Value): ColumnRole {
  if (operator === '=') return 'equality';
  if (['<', '<=', '>', '>='].includes(operator)) return 'range';
  if (operator === '^@') return 'prefix';
  if (PATTERNS.has(operator)) return patternRole(operator, value);
  return CONTAINS.has(operator) ? 'contains' : 'other-condition';
}

/** A pattern is anchored when it is known to begin with a character that stands for itself. */
function patternRole(operator: string, value: Value): ColumnRole {
  if (value.kind !== 'constant') return 'pattern';
  if (operator === '~~') return /^[^%_\\]/.test(value.text) ? 'prefix' : 'pattern';
  if (operator === '~')
    return /^\^[^\\.[($^|*+?{]/.test(value.text) && !value.text.includes('|') ? 'prefix' : 'pattern';
  return 'pattern';
}
