import { describe, expect, it } from 'vitest';
import { matchesAnySubject, matchesSubject } from './subject-pattern.ts';

const ORDERS = { kind: 'endpoint', name: 'shop POST /api/orders/:id' } as const;
const PAYMENT = { kind: 'dependency', name: 'payment' } as const;

describe('matchesSubject', () => {
  it.each([
    'shop POST /api/orders/:id',
    'POST /api/orders/:id',
    'shop /api/orders/:id',
    '/api/orders/:id',
    '/api/orders/*',
    '/api/*/:id',
    'POST *',
    'shop',
    'sh*',
    '*',
  ])('takes %j for an endpoint', (pattern) => {
    expect(matchesSubject(pattern, ORDERS)).toBe(true);
  });

  it.each([
    'GET /api/orders/:id',
    '/api/orders',
    'api',
    'POST',
    'shopping',
    'other POST /api/orders/:id',
    '',
  ])('does not take %j for it', (pattern) => {
    expect(matchesSubject(pattern, ORDERS)).toBe(false);
  });

  it('takes dependencies, targets and operations by their whole name', () => {
    expect(matchesSubject('payment', PAYMENT)).toBe(true);
    expect(matchesSubject('pay*', PAYMENT)).toBe(true);
    expect(matchesSubject('pay', PAYMENT)).toBe(false);
    expect(matchesSubject('shop', { kind: 'target', name: 'shop' })).toBe(true);
    expect(matchesSubject('backup', { kind: 'operation', name: 'backup' })).toBe(true);
  });

  it('takes the certificates of what it names', () => {
    const certificate = { kind: 'certificate', name: 'shop 127.0.0.1:8443' } as const;
    expect(matchesSubject('shop', certificate)).toBe(true);
    expect(matchesSubject('shop 127.*', certificate)).toBe(true);
    expect(matchesSubject('payment', certificate)).toBe(false);
  });

  it('reads a star as anything, also nothing, and each part once', () => {
    const named = (name: string) => ({ kind: 'dependency', name }) as const;
    expect(matchesSubject('a*a', named('a'))).toBe(false);
    expect(matchesSubject('a*a', named('aa'))).toBe(true);
    expect(matchesSubject('*b*', named('abc'))).toBe(true);
    expect(matchesSubject('a*b*c', named('acb'))).toBe(false);
    expect(matchesSubject('a**c', named('ac'))).toBe(true);
    expect(matchesSubject('a.c', named('abc'))).toBe(false);
  });
});

describe('matchesAnySubject', () => {
  it('takes everything when there is no pattern', () => {
    expect(matchesAnySubject([], PAYMENT)).toBe(true);
    expect(matchesAnySubject(['shop'], PAYMENT)).toBe(false);
    expect(matchesAnySubject(['shop', 'payment'], PAYMENT)).toBe(true);
  });
});
