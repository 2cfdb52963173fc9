import { describe, expect, it } from 'vitest';
import type { TlsOptions } from '../../../platform/probe/types.ts';
import { askedFor } from './encryption.ts';

const CA: TlsOptions = { ca: 'PEM' };
const FULL = {};
const UNVERIFIED = { verify: 'none' };
const ISSUER = { verify: 'issuer' };
const IF_OFFERED = { verify: 'none', required: false };

function encryption(kind: 'postgres' | 'mysql', query: string, tls?: TlsOptions) {
  return askedFor(kind, new URL(`${kind}://db/shop${query}`), tls);
}

describe('sslmode, as libpq reads it', () => {
  it.each([
    ['', IF_OFFERED],
    ['?sslmode=allow', IF_OFFERED],
    ['?sslmode=prefer', IF_OFFERED],
    ['?sslmode=require', UNVERIFIED],
    ['?sslmode=no-verify', UNVERIFIED],
    ['?sslmode=verify-ca', ISSUER],
    ['?sslmode=verify-full', FULL],
  ])('postgres "%s"', (query, tls) => {
    expect(encryption('postgres', query)).toEqual({ encryption: 'starttls', tls });
  });

  it('is off when the URL says so', () => {
    expect(encryption('postgres', '?sslmode=disable', CA)).toEqual({ encryption: 'none' });
  });

  it('verifies the issuer under require where an authority is named', () => {
    expect(encryption('postgres', '?sslmode=require', CA).tls).toEqual({ ...CA, ...ISSUER });
    expect(encryption('postgres', '?sslmode=require', { serverName: 'db' }).tls).toEqual({
      serverName: 'db',
      ...UNVERIFIED,
    });
  });

  it('is what a tls section means where the URL is silent: required and verified', () => {
    expect(encryption('postgres', '', CA)).toEqual({ encryption: 'starttls', tls: CA });
  });
});

describe('ssl-mode, and the flags of drivers for MySQL', () => {
  it.each([
    ['?ssl-mode=PREFERRED', IF_OFFERED],
    ['?tls=preferred', IF_OFFERED],
    ['?useSSL=true', IF_OFFERED],
    ['?sslMode=REQUIRED', UNVERIFIED],
    ['?tls=skip-verify', UNVERIFIED],
    ['?ssl-mode=VERIFY_CA', ISSUER],
    ['?ssl-mode=VERIFY_IDENTITY', FULL],
    ['?tls=true', FULL],
    ['?ssl=1', FULL],
  ])('mysql "%s"', (query, tls) => {
    expect(encryption('mysql', query)).toEqual({ encryption: 'starttls', tls });
  });

  it.each(['', '?ssl-mode=DISABLED', '?ssl=false', '?useSSL=false'])('mysql "%s" is clear text', (query) => {
    expect(encryption('mysql', query)).toEqual({ encryption: 'none' });
  });
});
