import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { option } from '../../surfaces/cli/spec.ts';
import { inputError, parseValue } from './values.ts';

describe('a value as typed', () => {
  const list = option({ field: 'fault', description: '', kind: 'list', choices: ['slow', 'hang', 'down'] });

  it('takes a list by commas, by repetition, and by both', () => {
    expect(parseValue(list, 'slow, hang', undefined)).toEqual(['slow', 'hang']);
    expect(parseValue(list, 'down', ['slow', 'hang'])).toEqual(['slow', 'hang', 'down']);
  });

  it('refuses a choice that is not there and names the nearest', () => {
    expect(() => parseValue(list, 'slow,hagn', undefined)).toThrowError(
      expect.objectContaining({
        message: '--fault does not take "hagn".',
        hint: 'Did you mean hang?',
        exitCode: 2,
      }),
    );
  });

  it.each(['', ' ', 'many', '1e999', '1.5'])('refuses %j as a whole number', (text) => {
    const samples = option({ field: 'samples', description: '', kind: 'integer' });
    expect(() => parseValue(samples, text, undefined)).toThrowError('--samples does not take');
  });

  it('reads numbers', () => {
    expect(parseValue(option({ field: 'rate', description: '', kind: 'number' }), '2.5', undefined)).toBe(
      2.5,
    );
  });
});

describe('what the schema refused', () => {
  it('is told with the flag it came from', () => {
    const result = z.object({ maxMs: z.number().max(10, 'at most 10') }).safeParse({ maxMs: 11 });
    const error = inputError(
      result.error as z.ZodError,
      [option({ field: 'maxMs', description: '' })],
      'health status',
    );
    expect(error.message).toBe('--max-ms: at most 10.');
    expect(error.hint).toBe('`rearguard health status --help` shows what it takes.');
  });
});
