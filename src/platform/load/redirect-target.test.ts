import { describe, expect, it } from 'vitest';
import { redirectTarget } from './redirect-target.ts';

const ORIGINS = ['http://shop.test:8080', 'https://login.shop.test'];
const follow = (location: string | null, status = 302): ReturnType<typeof redirectTarget> =>
  redirectTarget(status, location, { origin: 0, path: '/cart/items?page=2' }, ORIGINS);

describe('where a redirect leads', () => {
  it.each([
    ['/checkout', 0, '/checkout'],
    ['receipt?id=1', 0, '/cart/receipt?id=1'],
    ['?page=3', 0, '/cart/items?page=3'],
    ['http://SHOP.test:8080/a#part', 0, '/a'],
    ['https://login.shop.test:443/in', 1, '/in'],
    ['//shop.test:8080/b', 0, '/b'],
  ])('%s stays within the origins', (location, origin, path) => {
    expect(follow(location)).toEqual({ origin, path, keepMethod: false });
  });

  it.each([
    'http://shop.test/',
    'https://shop.test:8080/',
    'http://127.0.0.1:8080/',
    'http://shop.test.:8080/',
    'http://user@shop.test:8080/',
    'http://shop.test:8080@evil.test/',
    String.raw`\\evil.test/`,
    '//evil.test/',
    'file:///etc/passwd',
    'http://[::1',
  ])('%s leads out of them', (location) => {
    expect(follow(location)).toBe('refused');
  });

  it('307 and 308 repeat the request, others fetch', () => {
    expect(follow('/', 307)).toMatchObject({ keepMethod: true });
    expect(follow('/', 308)).toMatchObject({ keepMethod: true });
    expect(follow('/', 303)).toMatchObject({ keepMethod: false });
  });

  it('other answers are none, and neither is one that does not say where to', () => {
    expect(follow('/', 304)).toBeNull();
    expect(follow('/', 201)).toBeNull();
    expect(follow(null)).toBeNull();
  });
});
