import { describe, expect, it } from 'vitest';
import { SIGNATURES } from './match.ts';

describe('signatures', () => {
  it.each(SIGNATURES.map((signature) => [signature.id, signature] as const))(
    '%s knows its own lines and not those near to them',
    (_, { pattern, examples }) => {
      expect(examples.matches.filter((line) => !pattern.test(line))).toEqual([]);
      expect(examples.not.filter((line) => pattern.test(line))).toEqual([]);
    },
  );

  it('takes no other signature of equal strength for the lines of one', () => {
    const twice = SIGNATURES.flatMap(({ id, examples, explains }) =>
      examples.matches.flatMap((line) =>
        SIGNATURES.filter(
          (other) => other.id !== id && other.explains === explains && other.pattern.test(line),
        ).map((other) => `${line}: ${id} and ${other.id}`),
      ),
    );
    expect(twice).toEqual([
      'java.lang.OutOfMemoryError: unable to create native thread: thread-limit and out-of-memory',
    ]);
  });

  it('has one entry for each id and no pattern that keeps state', () => {
    expect(new Set(SIGNATURES.map(({ id }) => id)).size).toBe(SIGNATURES.length);
    expect(SIGNATURES.filter(({ pattern }) => pattern.global || pattern.sticky)).toEqual([]);
  });
});
