import { describe, expect, it } from 'vitest';
import type { TlsSummary } from '../../../platform/probe/types.ts';
import { healthOptionsSchema } from '../options.ts';
import { RULES } from '../rules.ts';
import { expirySeverity } from '../../_shared/certificates/assess.ts';
import { assessCertificates } from './certificates.ts';
import { endpointFixture, measureFixture } from './test-fixtures.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.UTC(2026, 0, 1);
const limits = healthOptionsSchema.parse({}).certificate;

function tlsWith(daysLeft: readonly number[], problems: TlsSummary['problems'] = []): TlsSummary {
  return {
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_128_GCM_SHA256',
    problems,
    chain: daysLeft.map((days, index) => ({
      subject: `CN=certificate-${index}`,
      issuer: `CN=certificate-${index + 1}`,
      notBeforeMs: NOW_MS - DAY_MS,
      notAfterMs: NOW_MS + days * DAY_MS,
      names: ['shop.test'],
      fingerprint256: 'AA:BB',
    })),
  };
}

function findings(tls: TlsSummary) {
  const measures = ['/a', '/b'].map((path) =>
    measureFixture({ ...endpointFixture(path) }, [10, 10, 10, 10], { tls }),
  );
  return assessCertificates(measures, limits, NOW_MS).findings;
}

describe('assessCertificates', () => {
  it('reports each certificate once, however many endpoints show it', () => {
    expect(findings(tlsWith([5]))).toMatchObject([
      { rule: RULES.certificateExpiring.id, severity: 'high', subject: { name: 'shop CN=certificate-0' } },
    ]);
  });

  it('reports an intermediate that ends before the leaf', () => {
    expect(findings(tlsWith([200, 2]))).toMatchObject([
      { severity: 'critical', subject: { name: 'shop CN=certificate-1' } },
    ]);
  });

  it('says nothing about 90 days', () => {
    expect(findings(tlsWith([90]))).toEqual([]);
  });

  it('says of an expired one only that it is invalid', () => {
    expect(findings(tlsWith([-1], ['expired']))).toMatchObject([
      { rule: RULES.certificateInvalid.id, severity: 'critical' },
    ]);
  });
});

it.each([
  [40, undefined],
  [30, 'low'],
  [14, 'high'],
  [3, 'critical'],
])('%d days left are %s', (days, severity) => {
  expect(expirySeverity(days, limits)).toBe(severity);
});
