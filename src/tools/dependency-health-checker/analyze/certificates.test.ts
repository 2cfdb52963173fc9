import { expect, it } from 'vitest';
import { dependencyGraph } from '../../../core/dependency-graph.ts';
import type { TlsSummary } from '../../../platform/probe/types.ts';
import type { MonitoredDependency } from '../collect/select.ts';
import { assessCertificates } from './certificates.ts';
import { monitoredFixture, OPTIONS, resultFixture } from './test-fixtures.ts';

const DAY_MS = 86_400_000;
const payment = monitoredFixture('payment', { url: 'https://pay.test/v1' });

function tls(problems: TlsSummary['problems'], daysLeft: number, fingerprint: string): TlsSummary {
  const chain = [
    {
      subject: 'CN=pay.test',
      issuer: 'CN=Issuer',
      notBeforeMs: 0,
      notAfterMs: daysLeft * DAY_MS,
      names: ['pay.test'],
      fingerprint256: fingerprint,
    },
  ];
  return { protocol: 'TLSv1.3', cipher: 'x', problems, chain };
}

function findingsOf(
  addresses: readonly [string, TlsSummary][],
  hops: readonly [string, TlsSummary][] = [],
  monitored: MonitoredDependency = payment,
) {
  const scan = (served: readonly [string, TlsSummary][]) =>
    resultFixture('payment', 1, 0, { hops: served.map(([url, summary]) => ({ url, tls: summary })) });
  const { findings } = assessCertificates([{ monitored, addresses: scan(addresses), hops: scan(hops) }], {
    graph: dependencyGraph([monitored.dependency]),
    limits: OPTIONS.certificate,
    nowMs: 0,
  });
  return findings;
}

function assess(...seen: Parameters<typeof findingsOf>): string[] {
  return findingsOf(...seen).map(
    ({ rule, subject, severity }) => `${severity} ${rule.split('/')[1]} ${subject.name}`,
  );
}

const database = (sslmode: string): MonitoredDependency =>
  monitoredFixture('db', { url: `postgres://db.test/shop?sslmode=${sslmode}`, scheme: 'postgres' });

it('minds of a certificate what the client minds', () => {
  const url = 'postgres://db.test:5432';
  const of = (sslmode: string, problems: TlsSummary['problems']): string[] =>
    assess([], [[url, tls(problems, 200, 'AA')]], database(sslmode));
  expect(of('require', ['self-signed', 'name-mismatch'])).toEqual([]);
  expect(of('verify-ca', ['name-mismatch'])).toEqual([]);
  expect(of('verify-ca', ['self-signed'])).toEqual(['critical certificate-invalid db db.test:5432']);
  expect(of('verify-full', ['name-mismatch'])).toEqual(['critical certificate-invalid db db.test:5432']);
});

it('warns of the end of one that nobody verifies, and no louder', () => {
  const url = 'postgres://db.test:5432';
  expect(assess([], [[url, tls(['self-signed'], 2, 'AA')]], database('require'))).toEqual([
    'low certificate-expiring db CN=pay.test',
  ]);
  expect(assess([], [[url, tls(['expired'], -1, 'AA')]], database('require'))).toEqual([
    'low certificate-invalid db db.test:5432',
  ]);
});

it('says who is hit', () => {
  const needed = monitoredFixture('payment', { url: 'https://pay.test/v1', neededBy: ['POST /api/orders'] });
  const [finding] = findingsOf([['tls://10.0.0.7:443', tls(['expired'], -1, 'AA')]], [], needed);
  expect(finding?.impact?.summary).toBe(
    'Clients that verify certificates cannot connect: POST /api/orders cannot work.',
  );
});

it('says of the name what every address serves', () => {
  const stale = tls(['expired'], -1, 'AA');
  expect(
    assess([
      ['tls://10.0.0.7:443', stale],
      ['tls://10.0.0.8:443', stale],
    ]),
  ).toEqual(['critical certificate-invalid payment pay.test:443']);
});

it('names the address that is different', () => {
  const fine = tls([], 200, 'BB');
  expect(
    assess([
      ['tls://10.0.0.7:443', fine],
      ['tls://10.0.0.8:443', tls(['expired'], -1, 'AA')],
    ]),
  ).toEqual(['critical certificate-invalid payment 10.0.0.8:443']);
});

it('looks at every hop of a redirect', () => {
  const fine = tls([], 200, 'BB');
  const other = tls(['name-mismatch'], 200, 'CC');
  expect(
    assess(
      [['tls://10.0.0.7:443', fine]],
      [
        ['https://pay.test/v1', fine],
        ['https://login.test/', other],
      ],
    ),
  ).toEqual(['critical certificate-invalid payment login.test:443']);
});

it('reports the one of two certificates of the same name that ends first', () => {
  expect(
    assess([
      ['tls://10.0.0.7:443', tls([], 200, 'BB')],
      ['tls://10.0.0.8:443', tls([], 5, 'AA')],
    ]),
  ).toEqual(['high certificate-expiring payment CN=pay.test']);
});
