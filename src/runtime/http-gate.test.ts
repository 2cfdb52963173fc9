import { describe, expect, it } from 'vitest';
import { type Gate, type Knock, refusalOf } from './http-gate.ts';

const TOKEN = 'a-token-of-some-length';
const gate: Gate = { token: TOKEN, scheme: 'http', host: '127.0.0.1', allowedHosts: ['guard.internal'] };

function knock(more: Partial<Knock>): Knock {
  return {
    method: 'GET',
    authorization: `Bearer ${TOKEN}`,
    host: '127.0.0.1:7310',
    origin: undefined,
    ...more,
  };
}

describe('who may come in', () => {
  it.each<[string, Partial<Knock>]>([
    ['a program', {}],
    ['localhost', { host: 'localhost:7310' }],
    ['IPv6 loopback', { host: '[::1]:7310' }],
    ['a name of allowedHosts, in any case', { host: 'Guard.internal' }],
    ['a page of our own', { origin: 'http://127.0.0.1:7310' }],
    ['a scheme in capitals', { authorization: `BEARER ${TOKEN}` }],
    ['a post', { method: 'POST' }],
  ])('lets %s in', (_, more) => {
    expect(refusalOf(knock(more), gate)).toBeUndefined();
  });

  it.each<[string, Partial<Knock>, number]>([
    ['no token', { authorization: undefined }, 401],
    ['an empty token', { authorization: 'Bearer ' }, 401],
    ['a wrong token', { authorization: `Bearer ${TOKEN}x` }, 401],
    ['the beginning of the token', { authorization: `Bearer ${TOKEN.slice(0, -1)}` }, 401],
    ['another scheme', { authorization: `Basic ${TOKEN}` }, 401],
    ['no token at a foreign host', { authorization: undefined, host: 'evil.example' }, 401],
    ['a foreign host', { host: 'evil.example:7310' }, 421],
    ['a name that begins like loopback', { host: '127.0.0.1.evil.example' }, 421],
    ['a name that ends like an allowed one', { host: 'evil-guard.internal' }, 421],
    ['no host', { host: undefined }, 421],
    ['a host with credentials', { host: 'localhost@evil.example' }, 421],
    ['a host with a path', { host: 'localhost/evil' }, 421],
    ['another page', { origin: 'https://evil.example' }, 403],
    ['the same host at another port', { origin: 'http://127.0.0.1:3000' }, 403],
    ['the same host and port over another scheme', { origin: 'https://127.0.0.1:7310' }, 403],
    ['a sandboxed page', { origin: 'null' }, 403],
    ['a deletion', { method: 'DELETE' }, 405],
    ['a preflight', { method: 'OPTIONS' }, 405],
  ])('turns %s away', (_, more, status) => {
    expect(refusalOf(knock(more), gate)).toBe(status);
  });

  it('knows the address it listens on, IPv6 included', () => {
    const beyond: Gate = { ...gate, scheme: 'https', host: 'fd00::7' };
    expect(refusalOf(knock({ host: '[fd00::7]:7310' }), beyond)).toBeUndefined();
    expect(refusalOf(knock({ host: '[fd00::7]', origin: 'https://[fd00::7]' }), beyond)).toBeUndefined();
  });
});
