import { afterEach, describe, expect, it, vi } from 'vitest';
import { asForeignCode, asOwnCode, foreignBytesPrinted } from './foreign-code.ts';

afterEach(() => vi.restoreAllMocks());

describe('code of the user', () => {
  it('prints to stderr, also later and beside code of ours; what it calls back of ours does not', async () => {
    const err: string[] = [];
    asForeignCode(() => undefined);
    const written = foreignBytesPrinted();
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0);
    const foreign = asForeignCode(async () => {
      process.stdout.write('now');
      await new Promise((resolve) => {
        setTimeout(resolve, 1);
      });
      process.stdout.write('later');
      asOwnCode(() => process.stdout.write(''));
    });
    await foreign;
    expect(err).toEqual(['now', 'later']);
    expect(foreignBytesPrinted() - written).toBe('nowlater'.length);
  });

  it('may not end the process', () => {
    expect(() => asForeignCode(() => process.exit(3))).toThrow('it calls process.exit(3)');
  });
});
