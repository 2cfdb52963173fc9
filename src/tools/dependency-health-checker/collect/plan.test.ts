import { describe, expect, it } from 'vitest';
import { DEPENDENCY_SCHEMES } from '../../../core/dependency-schemes.ts';
import { dependencyFixture, OPTIONS } from '../analyze/test-fixtures.ts';
import type { Dependency } from '../../../config/dependencies.ts';
import { planFor, redirectScanFor, tlsScanFor } from './plan.ts';

function plan(url: string, more: Partial<Dependency> = {}) {
  const scheme = DEPENDENCY_SCHEMES.find((known) => url.startsWith(`${known}://`)) ?? 'tcp';
  return planFor(dependencyFixture('it', { url, scheme, ...more }), OPTIONS);
}

describe('planFor', () => {
  it.each([
    [
      'postgres://app:p%40ss@db/shop',
      {
        kind: 'postgres',
        host: 'db',
        port: 5432,
        username: 'app',
        password: 'p@ss',
        database: 'shop',
      },
    ],
    [
      'mysql://db:3307/shop?ssl-mode=REQUIRED',
      { kind: 'mysql', port: 3307, database: 'shop', encryption: 'starttls' },
    ],
    ['mariadb://db', { kind: 'mysql', port: 3306, encryption: 'none' }],
    ['redis://:secret@cache/2', { kind: 'redis', port: 6379, password: 'secret', database: '2' }],
    ['rediss://cache', { kind: 'redis', encryption: 'implicit' }],
    [
      'mongodb://docs/shop?tls=true&authSource=admin',
      { kind: 'mongodb', port: 27017, database: 'admin', encryption: 'implicit' },
    ],
    ['amqp://queue', { kind: 'amqp', port: 5672, database: '/' }],
    [
      'amqps://queue/orders%2Feu',
      { kind: 'amqp', port: 5671, database: 'orders/eu', encryption: 'implicit' },
    ],
    ['kafka+tls://broker', { kind: 'kafka', port: 9093, encryption: 'implicit' }],
    ['nats+tls://bus', { kind: 'nats', port: 4222, encryption: 'starttls' }],
    ['mqtts://things', { kind: 'mqtt', port: 8883, encryption: 'implicit' }],
    ['smtp://mail:587', { kind: 'smtp', port: 587, encryption: 'starttls' }],
    ['smtps://mail', { kind: 'smtp', port: 465, encryption: 'implicit' }],
    ['grpcs://stock/shop.Stock', { kind: 'grpc', port: 443, path: 'shop.Stock', encryption: 'implicit' }],
    ['wss://live/feed?x=1', { kind: 'websocket', port: 443, path: '/feed?x=1', encryption: 'implicit' }],
    ['tls://secure', { kind: 'tls', host: 'secure', port: 443 }],
    ['dns://db.test', { kind: 'dns', name: 'db.test', type: 'A' }],
    ['domain://example.test', { kind: 'domain', domain: 'example.test', rdapUrl: 'https://rdap.org' }],
    ['tcp://box:9000', { kind: 'tcp', port: 9000 }],
  ])('%s', (url, expected) => {
    expect(plan(url)).toMatchObject({ id: 'it', confirmations: 2, timeoutMs: 5_000, ...expected });
  });

  it('takes credentials out of the URL of an API', () => {
    expect(plan('https://user:p%3Aw@api.test/v1')).toMatchObject({
      url: 'https://api.test/v1',
      auth: { kind: 'basic', username: 'user', password: 'p:w' },
      maxRedirects: 0,
    });
  });

  it('takes a bucket that refuses a stranger for alive, and wants to be let in when it signs', () => {
    expect(plan('s3+https://s3.test/files')).toMatchObject({
      url: 'https://s3.test/files',
      method: 'HEAD',
      assertions: [{ kind: 'status', anyOf: ['2xx', '3xx', '403'] }],
    });
    const auth = { kind: 'aws-sigv4', accessKeyId: 'id', secretAccessKey: 'key', region: 'eu' } as const;
    expect(plan('s3+https://s3.test/files', { auth })).toMatchObject({
      assertions: [{ kind: 'status', anyOf: ['2xx'] }],
    });
  });

  it('asks each name server of a dns:// dependency, and resolves others with them', () => {
    const nameServers = ['10.0.0.2', '10.0.0.3:5353'];
    const servers = [
      { address: '10.0.0.2', port: 53 },
      { address: '10.0.0.3', port: 5353 },
    ];
    expect(plan('dns://db.test', { nameServers })).toMatchObject({ servers });
    expect(plan('redis://cache', { nameServers })).toMatchObject({ nameServers: servers });
  });

  it('says which setting lacks a port', () => {
    expect(() => plan('tcp://box')).toThrow('dependencies.it.url');
  });
});

it('scans certificates only where TLS comes first', () => {
  const scan = (url: string) => {
    const scheme = DEPENDENCY_SCHEMES.find((known) => url.startsWith(`${known}://`)) ?? 'tcp';
    return tlsScanFor(dependencyFixture('it', { url, scheme }), plan(url));
  };
  expect(scan('https://api.test/v1')).toMatchObject({
    kind: 'tls',
    host: 'api.test',
    port: 443,
    confirmations: 0,
  });
  expect(scan('rediss://cache:6380')).toMatchObject({ kind: 'tls', host: 'cache', port: 6380 });
  expect(scan('http://api.test')).toBeUndefined();
  expect(scan('redis://cache')).toBeUndefined();
  expect(redirectScanFor(plan('https://api.test'))).toMatchObject({ maxRedirects: 5, confirmations: 0 });
});
