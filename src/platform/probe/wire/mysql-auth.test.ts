import { describe, expect, it } from 'vitest';
import { responseOf } from './mysql-auth.ts';

const NONCE = Buffer.from('abcdefghijklmnopqrst');

/** Computed from the formulas of the manual with another program (Python's hashlib). */
describe('answers to the nonce of MySQL', () => {
  it.each([
    ['mysql_native_password', 'd81728cebeeafe2a1d952037efa9724588ab474c'],
    ['caching_sha2_password', '9965d0d2d713e33a7234c58bf09b8be3b69eab60376560e99598576b6a4bb437'],
  ])('%s', (plugin, expected) => {
    expect(responseOf(plugin, 'pÄss wörd/16', NONCE)?.toString('hex')).toBe(expected);
    expect(responseOf(plugin, '', NONCE)).toHaveLength(0);
  });

  it('has none for a plugin that we do not speak', () => {
    expect(responseOf('dialog', 'secret', NONCE)).toBeNull();
  });
});
