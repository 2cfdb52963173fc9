import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hideUser } from './hide-user.ts';

describe('hiding the user of a record', () => {
  it.each([
    [
      '{"userId":"u-4711","msg":"u-4711 has no cart"}',
      'u-4711',
      '{"userId":"[user]","msg":"[user] has no cart"}',
    ],
    ['order u-47110 of u-4711', 'u-4711', 'order u-47110 of [user]'],
    ['{"user":{"id":7},"line":7}', '7', '{"user":{"id":[user]},"line":7}'],
    ['user_id=7 line=7 attempt 7', '7', 'user_id=[user] line=7 attempt 7'],
    [
      'login failed for user "anna": anna is locked',
      'anna',
      'login failed for user "[user]": anna is locked',
    ],
    [
      '10.0.0.7 - anna [01/Mar/2026:10:00:00 +0000] "GET /anna"',
      'anna',
      '10.0.0.7 - [user] [01/Mar/2026:10:00:00 +0000] "GET /anna"',
    ],
    ['user=shop,db=shop relation shop.orders', 'shop', 'user=[user],db=shop relation shop.orders'],
    [String.raw`{"log":"{\"username\":\"anna\"}"}`, 'anna', String.raw`{"log":"{\"username\":\"[user]\"}"}`],
  ])('%s', (text, user, hidden) => {
    expect(hideUser(text, user)).toBe(hidden);
  });

  it('takes any name literally', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), (user) => {
        expect(() => hideUser(`user=${user} x`, user)).not.toThrow();
      }),
    );
  });
});
