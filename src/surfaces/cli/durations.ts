import { parseDuration } from '../../core/duration.ts';
import { RearguardError } from '../../core/errors.ts';
import { flagOf } from '../../runtime/command-line/option-spec.ts';
import { type Invocation, option } from './spec.ts';

/** An option of our own commands that takes a duration, in milliseconds. */
export function durationOf({ values }: Pick<Invocation, 'values'>, field: string): number | undefined {
  const text = values[field];
  if (typeof text !== 'string') return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw new RearguardError('E_USAGE', {
    message: `${flagOf(option({ field, description: '' }))} does not take ${JSON.stringify(text)}.`,
    hint: 'Write a duration with its unit: 500ms, 30s, 5m, 7d.',
  });
}
