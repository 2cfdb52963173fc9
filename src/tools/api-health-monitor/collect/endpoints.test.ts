import { describe, expect, it } from 'vitest';
import { parseEndpoint } from './endpoints.ts';

describe('parseEndpoint', () => {
  it.each([
    ['/api/users', { method: 'GET', path: '/api/users' }],
    ['POST /api/orders', { method: 'POST', path: '/api/orders' }],
    ['shop GET /api/users?page=2', { target: 'shop', method: 'GET', path: '/api/users?page=2' }],
    ['shop /healthz', { target: 'shop', method: 'GET', path: '/healthz' }],
  ])('reads %j', (text, expected) => {
    expect(parseEndpoint(text)).toMatchObject(expected);
  });

  it.each(['', 'api/users', 'GET', 'GET api', 'a b c /d'])('refuses %j with a hint', (text) => {
    expect(() => parseEndpoint(text)).toThrowError(expect.objectContaining({ code: 'E_USAGE' }));
  });
});
