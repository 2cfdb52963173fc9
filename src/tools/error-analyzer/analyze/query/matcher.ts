import { LOG_LEVELS } from '../../../../core/log/level.ts';
import { globMatches } from '../exception/in-app.ts';
import { numberOf } from './parse.ts';
import {
  RECORD_PARTS,
  type Comparison,
  type Filter,
  type FilteredRecord,
  type Operator,
  type RecordPart,
} from './types.ts';

export type Matcher = (record: FilteredRecord) => boolean;

/** Made once for a filter, called for each record. */
export function matcherOf(filter: Filter): Matcher {
  if (filter.kind === 'comparison') return comparisonOf(filter);
  if (filter.kind === 'text') {
    const { text } = filter;
    return (record) => record.part('text').includes(text);
  }
  if (filter.kind === 'not') {
    const matches = matcherOf(filter.part);
    return (record) => !matches(record);
  }
  const parts = filter.parts.map(matcherOf);
  return filter.kind === 'and'
    ? (record) => parts.every((matches) => matches(record))
    : (record) => parts.some((matches) => matches(record));
}

/** `!=` and `!~` are the opposite of `=` and `~`: also true of a record that has no such field. */
function comparisonOf(comparison: Comparison): Matcher {
  const { operator } = comparison;
  if (operator === '!=' || operator === '!~') {
    const matches = comparisonOf({ ...comparison, operator: operator === '!=' ? '=' : '~' });
    return (record) => !matches(record);
  }
  const { name, size } = comparison;
  if (name === 'level' && !Number.isNaN(size)) return ({ level }) => compares(operator, level, size);
  if (name === 'time' && !Number.isNaN(size)) return ({ atMs }) => compares(operator, atMs, size);
  const matches = valueMatcher(comparison);
  if (name === 'level') return ({ level }) => matches(LOG_LEVELS[level]);
  if (isRecordPart(name)) return (record) => matches(record.part(name));
  return (record) =>
    record.fields().some((field) => (field.name === name || field.role === name) && matches(field.value));
}

function isRecordPart(name: string): name is RecordPart {
  return (RECORD_PARTS as readonly string[]).includes(name);
}

function valueMatcher({ operator, value, size }: Comparison): (text: string) => boolean {
  if (operator === '=') return (text) => text === value;
  if (operator === '~') return (text) => globMatches(value, text);
  return (text) => compares(operator, numberOf(text), size);
}

/** False for what is no number. */
function compares(operator: Operator, one: number, other: number): boolean {
  if (operator === '>') return one > other;
  if (operator === '>=') return one >= other;
  if (operator === '<') return one < other;
  if (operator === '<=') return one <= other;
  return one === other;
}
