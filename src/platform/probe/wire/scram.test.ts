import { describe, expect, it } from 'vitest';
import { createNonce, type ScramClient, scramClient } from './scram.ts';

/** RFC 7677, section 3. */
const NONCE = 'rOprNGfwEbeRWgbNEkqO';
const WHOLE_NONCE = `${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0`;
const SALT = 'W22ZaJ0SNY7soEsUEjb6gQ==';
const SERVER_FIRST = `r=${WHOLE_NONCE},s=${SALT},i=4096`;

function client(): ScramClient {
  return scramClient({ user: 'user', password: 'pencil', nonce: NONCE });
}

describe('SCRAM-SHA-256', () => {
  it('says what the example of the standard says, and believes its server', async () => {
    const scram = client();
    expect(scram.first).toBe(`n,,n=user,r=${NONCE}`);
    expect(await scram.final(SERVER_FIRST)).toBe(
      `c=biws,r=${WHOLE_NONCE},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
    );
    expect(() => scram.verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')).not.toThrow();
  });

  it.each(['v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=', 'v=', '', 'e=invalid-proof'])(
    'does not believe a server that ends with %j',
    async (serverFinal) => {
      const scram = client();
      await scram.final(SERVER_FIRST);
      expect(() => scram.verify(serverFinal)).toThrow(expect.objectContaining({ probeCause: 'auth-failed' }));
    },
  );

  it('believes nobody before the password was proved', () => {
    expect(() => client().verify('v=')).toThrow(expect.objectContaining({ probeCause: 'auth-failed' }));
  });

  it.each([
    ['another nonce', `r=somebody-elses,s=${SALT},i=4096`],
    ['our nonce and nothing of its own', `r=${NONCE},s=${SALT},i=4096`],
    ['more work than is decent', `r=${WHOLE_NONCE},s=${SALT},i=2000000000`],
    ['no work', `r=${WHOLE_NONCE},s=${SALT},i=0`],
    ['nothing', ''],
  ])('refuses a server that begins with %s', async (_, serverFirst) => {
    await expect(client().final(serverFirst)).rejects.toMatchObject({ probeCause: 'protocol-error' });
  });

  it('prepares a password as RFC 4013 wants it', async () => {
    const proof = (password: string): Promise<string> =>
      scramClient({ user: '', password, nonce: NONCE }).final(SERVER_FIRST);
    expect(await proof('I\u00ADX')).toBe(await proof('IX'));
    expect(await proof('\u2168')).toBe(await proof('IX'));
    expect(await proof('a\u00A0b')).toBe(await proof('a b'));
    expect(await proof('user')).not.toBe(await proof('USER'));
  });

  it('makes nonces of the given randomness', () => {
    const steps = [0, 0.25, 0.5, 0.999_999];
    let at = 0;
    const nonce = createNonce(() => steps[at++ % steps.length] ?? 0);
    expect(nonce).toMatch(/^[A-Za-z0-9+/]{24}$/);
    expect(nonce.startsWith('AECA')).toBe(true);
  });
});
