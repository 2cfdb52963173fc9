import { describe, expect, it } from 'vitest';
import { RearguardError } from '../core/errors.ts';
import { createNetGuard } from './net-guard.ts';

function isAllowed(allowHosts: readonly string[], host: string, address: string): boolean {
  try {
    createNetGuard({ allowHosts }).assertAllowed(host, address);
    return true;
  } catch (error) {
    if (error instanceof RearguardError && error.code === 'E_TARGET_REFUSED') return false;
    throw error;
  }
}

describe('net guard', () => {
  it.each([
    ['localhost', '127.0.0.1'],
    ['127.8.9.10', '127.8.9.10'],
    ['[::1]', '::1'],
    ['mapped', '::ffff:127.0.0.1'],
    ['mapped', '::ffff:7f00:1'],
    ['unlisted.example', '127.0.0.1'],
  ])('loopback needs no permission: %s at %s', (host, address) => {
    expect(isAllowed([], host, address)).toBe(true);
  });

  it.each([
    ['example.com', '93.184.216.34'],
    ['localhost', '10.0.0.5'],
    ['0.0.0.0', '0.0.0.0'],
    ['128.0.0.1', '128.0.0.1'],
    ['mapped', '::ffff:10.0.0.1'],
  ])('anything else is refused: %s at %s', (host, address) => {
    expect(isAllowed([], host, address)).toBe(false);
  });

  it('a listed name may resolve to any private or public address', () => {
    expect(isAllowed(['api.example.com'], 'api.example.com', '10.0.0.5')).toBe(true);
    expect(isAllowed(['API.example.com.'], 'api.EXAMPLE.com', '2001:db8::5')).toBe(true);
    expect(isAllowed(['192.0.2.7'], '192.0.2.7', '192.0.2.7')).toBe(true);
    expect(isAllowed(['2001:db8:0:0::7'], '[2001:db8::7]', '2001:db8::7')).toBe(true);
  });

  it('an address is not listed by a name that resolves to it', () => {
    expect(isAllowed(['10.0.0.5'], 'other.example', '10.0.0.5')).toBe(false);
  });

  it('a star covers the names below a domain, not the domain and not its look-alikes', () => {
    const list = ['*.example.com'];
    expect(isAllowed(list, 'api.example.com', '10.0.0.5')).toBe(true);
    expect(isAllowed(list, 'a.b.example.com', '10.0.0.5')).toBe(true);
    expect(isAllowed(list, 'example.com', '10.0.0.5')).toBe(false);
    expect(isAllowed(list, 'badexample.com', '10.0.0.5')).toBe(false);
  });

  it.each([
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    'fe80::1%eth0',
    'fd00:ec2::254',
    '100.100.100.200',
  ])('a listed name that resolves to metadata address %s is refused', (address) => {
    expect(isAllowed(['api.example.com', '*.example.com'], 'api.example.com', address)).toBe(false);
  });

  it('a metadata address is allowed when it is listed as such', () => {
    expect(isAllowed(['169.254.169.254'], '169.254.169.254', '169.254.169.254')).toBe(true);
  });

  it('says which host and address were refused', () => {
    expect(() => createNetGuard({ allowHosts: [] }).assertAllowed('shop.example', '10.1.2.3')).toThrow(
      'shop.example (10.1.2.3)',
    );
  });
});
