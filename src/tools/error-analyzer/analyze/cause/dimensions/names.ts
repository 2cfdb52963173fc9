import { quoteUnlessPlain } from '../../../../../core/text.ts';
import type { Observations } from './observations.ts';
import type { FieldSet } from './sets.ts';

/** Values are untrusted text. */
export function nameOf(set: FieldSet, { fields, values }: Pick<Observations, 'fields' | 'values'>): string {
  return set
    .map((term) => {
      const names = term.values.map((value) => quoteUnlessPlain(values[term.field]?.[value] ?? '', 60));
      return `${quoteUnlessPlain(fields[term.field] ?? '', 40)} = ${names.join(' or ')}`;
    })
    .join(' and ');
}
