import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hidePersonalData, withoutPersonalData } from './personal-data.ts';
import { createRedactor } from './redact.ts';

const HIDDEN: readonly (readonly [text: string, hidden: string])[] = [
  ['mail to anna.lee+shop@example.co.uk failed', 'mail to [email] failed'],
  ['user="jörg@müller.example"', 'user="[email]"'],
  ['/reset?to=anna%40example.com&x=1', '/reset?to=[email]&x=1'],
  [String.raw`{"to":"anna\u0040example.com"}`, '{"to":"[email]"}'],
  ['<anna@example.com>, (bob@example.org).', '<[email]>, ([email]).'],
  ['call +44 20 7946 0958 now', 'call [phone] now'],
  ['call +1 (415) 555-0132, +4915112345678', 'call [phone], [phone]'],
  ['(415) 555-0132 or 415-555-0132', '[phone] or [phone]'],
  ['phone=02079460958 ok', 'phone=[phone] ok'],
  ['{"mobileNumber":"07700 900123"}', '{"mobileNumber":"[phone]"}'],
  ['paid with 4111 1111 1111 1111 today', 'paid with [card] today'],
  ['"card":"5555555555554444"', '"card":"[card]"'],
  ['to DE89 3704 0044 0532 0130 00 REJECTED', 'to [iban] REJECTED'],
  ['GB82WEST12345698765432,', '[iban],'],
];

const ORDINARY = [
  'at /app/node_modules/.pnpm/express@4.18.2/node_modules/express/index.js:12:7',
  'git@github.com:shop/backend.git lodash@4.17.21 icon@2x.png getty@tty1.service @scope/name',
  '2026-03-01T10:00:00.123+01:00 [01/Mar/2026:10:00:00 +0000] 10.0.0.12:5432 +3.25 +120 ms',
  'id 3f2b8c1e-9a4d-4c7e-8b21-0123456789ab order 4111111111111112 epoch 1795343186123',
  'DE89370400440532013001 GB82WEST ABCD12 IN20260301000000000',
  '1,234.50 1 2 3 555-0132 192.168.100.200 100-200-3000-4000 v1.222.333.4444',
];

describe('hiding personal data', () => {
  it.each(HIDDEN)('%s', (text, hidden) => {
    expect(hidePersonalData(text)).toBe(hidden);
  });

  it.each(ORDINARY)('leaves alone: %s', (text) => {
    expect(hidePersonalData(text)).toBe(text);
  });

  it('does nothing more the second time, whatever stands around', () => {
    const { text } = withoutPersonalData(createRedactor([]));
    const pieces = fc.constantFrom(...HIDDEN.map(([one]) => one), ...ORDINARY, ' ', '@', '+', '"', '-');
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 8 })), { maxLength: 5 }), (parts) => {
        const once = text(parts.join(''));
        expect(text(once)).toBe(once);
      }),
      { numRuns: 300 },
    );
  });

  it('finds every address between words, and keeps the words', () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/);
    fc.assert(
      fc.property(word, word, word, word, (before, local, domain, after) => {
        expect(hidePersonalData(`${before} ${local}@${domain}.example ${after}`)).toBe(
          `${before} [email] ${after}`,
        );
      }),
    );
  });

  it('works together with secrets', () => {
    const { text, deep } = withoutPersonalData(createRedactor([]));
    expect(text('postgres://shop:p.s@db.example/shop password=4111111111111111')).toBe(
      'postgres://[redacted]@db.example/shop password=[card]',
    );
    expect(deep({ user: 'anna@example.com', token: 'q1', list: ['+44 20 7946 0958'] })).toEqual({
      user: '[email]',
      token: '[redacted]',
      list: ['[phone]'],
    });
  });

  it('finishes on text built to make a pattern backtrack', () => {
    for (const unit of ['a', 'a.', '@', 'a@', 'a@b.', '+1', '+1 ', '1-', '(1', 'DE12', 'DE12 ', 'phone:1'])
      expect(hidePersonalData(unit.repeat(50_000)).length).toBeGreaterThan(0);
  });
});
