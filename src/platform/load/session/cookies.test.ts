import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCookieDate } from './cookie-date.ts';
import { cookieStores, setCookieValue } from './cookies.ts';
import { anyText } from './session-fixture.ts';

const clock = { ms: 1_000_000 };
const newStore = cookieStores(() => clock.ms);

/** What goes to `asked` after `origin` + `path` has set these. */
function sentTo(
  asked: { origin: string; path?: string },
  set: readonly string[],
  from: { origin: string; path?: string } = asked,
): string | null {
  const store = newStore();
  store.store(from.origin, from.path ?? '/', set);
  return store.header(asked.origin, asked.path ?? '/');
}

const SHOP = 'https://shop.test';

describe('domains', () => {
  it.each([
    ['its own host', 'a=1', SHOP, SHOP, 'a=1'],
    ['another port of it', 'a=1', 'https://shop.test:8443', SHOP, 'a=1'],
    ['not a name below it', 'a=1', SHOP, 'https://www.shop.test', null],
    ['a name below it, by Domain', 'a=1; Domain=shop.test', SHOP, 'https://www.shop.test', 'a=1'],
    ['a name above it, by Domain', 'a=1; Domain=.SHOP.test', 'https://www.shop.test', SHOP, 'a=1'],
    ['not for a stranger', 'a=1; Domain=pay.test', SHOP, 'https://pay.test', null],
    ['not for a name that merely ends like it', 'a=1; Domain=shop.test', 'https://myshop.test', SHOP, null],
    ['not for names below an address', 'a=1; Domain=0.0.1', 'https://127.0.0.1', 'https://127.0.0.1', null],
  ])('%s', (_, field, from, to, sent) => {
    expect(sentTo({ origin: to }, [field], { origin: from })).toBe(sent);
  });

  it('never reach a host that is neither the setter nor related to it by name', () => {
    const host = fc.constantFrom(
      'a.test',
      'b.a.test',
      'c.b.a.test',
      'xa.test',
      'test',
      'z.test',
      '127.0.0.1',
    );
    fc.assert(
      fc.property(host, host, fc.option(host, { nil: '' }), (from, to, domain) => {
        const sent = sentTo({ origin: `https://${to}` }, [`s=1; Domain=${domain}`], {
          origin: `https://${from}`,
        });
        if (sent === null || from === to) return;
        expect(domain).not.toBe('');
        for (const name of [from, to]) expect(name === domain || name.endsWith(`.${domain}`)).toBe(true);
      }),
    );
  });
});

describe('paths', () => {
  it.each([
    ['/shop/list', 'a=1', '/shop/other', 'a=1'],
    ['/shop/list', 'a=1', '/shop', 'a=1'],
    ['/shop/list', 'a=1', '/shopping', null],
    ['/shop/list?x=/y/z', 'a=1', '/shop?q', 'a=1'],
    ['/list', 'a=1', '/', 'a=1'],
    ['/a/b', 'a=1; Path=/', '/c', 'a=1'],
    ['/a/b', 'a=1; Path=/c', '/c/d', 'a=1'],
    ['/a/b', 'a=1; Path=nonsense', '/a', 'a=1'],
  ])('set at %s, %s, is sent to %s: %s', (from, field, to, sent) => {
    expect(sentTo({ origin: SHOP, path: to }, [field], { origin: SHOP, path: from })).toBe(sent);
  });

  it('come longest first, then as they were set', () => {
    expect(sentTo({ origin: SHOP, path: '/a/b' }, ['x=1; Path=/', 'y=2; Path=/a', 'z=3; Path=/'])).toBe(
      'y=2; x=1; z=3',
    );
  });
});

describe('secure cookies', () => {
  it.each([
    ['http://shop.test', 'a=1; Secure', null],
    ['https://shop.test', 'a=1; Secure', 'a=1'],
    ['http://localhost:3000', 'a=1; Secure', 'a=1'],
    ['http://127.0.0.1:3000', '__Host-a=1; Secure; Path=/', '__Host-a=1'],
    [SHOP, '__Secure-a=1', null],
    [SHOP, '__host-a=1; Secure; Path=/; Domain=shop.test', null],
    [SHOP, '__Host-a=1; Secure; Path=/a', null],
    [SHOP, '__Host-a=1; Secure; Path=/', '__Host-a=1'],
  ])('%s sets %s', (origin, field, sent) => {
    expect(sentTo({ origin }, [field])).toBe(sent);
  });

  it('stay off connections without TLS', () => {
    expect(sentTo({ origin: 'http://shop.test' }, ['a=1; Secure', 'b=2'], { origin: SHOP })).toBe('b=2');
  });
});

describe('life', () => {
  it('ends by Max-Age, which counts before Expires', () => {
    const store = newStore();
    const never = 'Expires=Wed, 09 Jun 2100 10:18:14 GMT';
    store.store(SHOP, '/', [`a=1; Max-Age=60; ${never}`, `b=2; ${never}`, 'c=3']);
    expect(store.header(SHOP, '/')).toBe('a=1; b=2; c=3');
    clock.ms += 60_000;
    expect(store.header(SHOP, '/')).toBe('b=2; c=3');
    store.store(SHOP, '/', ['b=; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'c=4']);
    expect(store.header(SHOP, '/')).toBe('c=4');
    expect(store.value('c')).toBe('4');
    store.clear();
    expect(store.header(SHOP, '/')).toBe(null);
  });

  it('is bounded: a server cannot fill our memory', () => {
    const store = newStore();
    for (let index = 0; index < 500; index += 1) store.store(SHOP, '/', [`n${index}=${'x'.repeat(3000)}`]);
    store.store(SHOP, '/', [`huge=${'x'.repeat(5000)}`]);
    expect(store.header(SHOP, '/')!.length).toBeLessThan(17_000);
    expect(store.value('n499')).not.toBe(null);
    expect(store.value('huge')).toBe(null);
  });
});

describe('fields that are none', () => {
  it.each(['', 'a', '=1', '; Path=/', 'a=1\r\nx: y', 'a\u0000=1'])('%j', (field) => {
    expect(sentTo({ origin: SHOP }, [field])).toBe(null);
  });

  it('of any kind do no harm, and end no header', () => {
    fc.assert(
      fc.property(fc.array(anyText(60)), (fields) => {
        expect(sentTo({ origin: SHOP }, fields) ?? '').not.toMatch(/[\r\n]/);
      }),
    );
  });
});

describe('dates', () => {
  it.each([
    ['Wed, 09 Jun 2021 10:18:14 GMT', '2021-06-09T10:18:14.000Z'],
    ['Wednesday, 09-Jun-21 10:18:14 GMT', '2021-06-09T10:18:14.000Z'],
    ['Wed Jun  9 10:18:14 2021', '2021-06-09T10:18:14.000Z'],
    ['Sat, 01-Jan-94 0:00:01 GMT', '1994-01-01T00:00:01.000Z'],
    ['31 Jun 2021 10:00:00', null],
    ['tomorrow', null],
    ['09 Jun 2021 25:00:00', null],
  ])('%s', (text, iso) => {
    const ms = parseCookieDate(text);
    expect(ms === null ? null : new Date(ms).toISOString()).toBe(iso);
  });
});

it('a cookie can be read from the response that sets it', () => {
  expect(setCookieValue(['a=1; Path=/', ' b = 2 '], 'b')).toBe('2');
  expect(setCookieValue(['a=1'], 'b')).toBe(null);
});
