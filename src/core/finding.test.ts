import { describe, expect, it } from 'vitest';
import { compareFindings, type Finding, findingFingerprint, findingId } from './finding.ts';

function finding(parts: Partial<Finding>): Finding {
  return {
    id: 'health-00000000',
    fingerprint: '0'.repeat(32),
    rule: 'api-health-monitor/error-rate',
    severity: 'high',
    confidence: 'likely',
    title: 'title',
    subject: { kind: 'endpoint', name: 'shop GET /a' },
    evidence: [{ label: 'failed', value: 1 }],
    fix: { summary: 'fix', steps: [] },
    verify: { argv: ['rearguard'], check: { tool: 't', command: 'c', input: {} } },
    state: 'new',
    firstSeen: '2026-01-01T00:00:00.000Z',
    lastSeen: '2026-01-01T00:00:00.000Z',
    ...parts,
  };
}

describe('the identity of a finding', () => {
  it('depends on the rule and the subject', () => {
    const subject = { kind: 'endpoint', name: 'shop GET /a' } as const;
    const fingerprint = findingFingerprint('tool/rule', subject);
    expect(fingerprint).not.toBe(findingFingerprint('tool/other', subject));
    expect(fingerprint).not.toBe(findingFingerprint('tool/rule', { ...subject, kind: 'target' }));
    expect(findingId('health', fingerprint)).toMatch(/^health-[0-9a-f]{8}$/);
  });

  it('does not depend on where to look', () => {
    const name = 'shop GET /a';
    const here = { kind: 'endpoint', name, location: 'http://127.0.0.1:1/a' } as const;
    const there = { kind: 'endpoint', name, location: 'http://127.0.0.1:2/a' } as const;
    expect(findingFingerprint('tool/rule', here)).toBe(findingFingerprint('tool/rule', there));
  });

  it('stays what it is: changing it would make every known finding new', () => {
    expect(
      findingFingerprint('api-health-monitor/error-rate', { kind: 'endpoint', name: 'shop GET /a' }),
    ).toBe('024904583ace06c2d3585fcbc55bd720');
  });
});

describe('compareFindings', () => {
  it('puts severe before certain, certain before large, and never compares milliseconds with shares', () => {
    const findings = [
      finding({ id: 'health-00000004', impact: { summary: '', basis: 'measured', value: 900, unit: 'ms' } }),
      finding({ id: 'health-00000003', impact: { summary: '', basis: 'measured', value: 30, unit: '%' } }),
      finding({ id: 'health-00000002', confidence: 'proven' }),
      finding({ id: 'health-00000001', severity: 'critical', confidence: 'possible' }),
    ];
    expect(findings.toSorted(compareFindings).map(({ id }) => id)).toEqual([
      'health-00000001',
      'health-00000002',
      'health-00000003',
      'health-00000004',
    ]);
  });
});
