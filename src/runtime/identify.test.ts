import { describe, expect, it } from 'vitest';
import type { FindingDraft } from '../core/finding.ts';
import { identify } from './identify.ts';

const tool = { name: 'shop-guard', alias: 'shop' };
const draft = (change: Partial<FindingDraft> = {}): FindingDraft => ({
  rule: 'shop-guard/slow',
  severity: 'low',
  confidence: 'likely',
  title: 'Slow: 412 ms',
  subject: { kind: 'endpoint', name: 'GET /a', location: 'http://127.0.0.1:4000/a' },
  evidence: [{ label: 'p95', value: 412, unit: 'ms' }],
  fix: { summary: 'Find out why', steps: [] },
  check: { command: 'status', input: { endpoint: 'GET /a' } },
  ...change,
});

describe('identify', () => {
  it('gives one identity to one rule at one subject, whatever was measured', () => {
    const [first] = identify([draft()], tool);
    const [second] = identify(
      [
        draft({
          title: 'Slow: 900 ms',
          severity: 'high',
          subject: { kind: 'endpoint', name: 'GET /a', location: 'elsewhere' },
          evidence: [{ label: 'p95', value: 900 }],
        }),
      ],
      tool,
    );
    expect(second?.id).toBe(first?.id);
    expect(second?.fingerprint).toBe(first?.fingerprint);
    const [other] = identify([draft({ subject: { kind: 'endpoint', name: 'GET /b' } })], tool);
    expect(other?.id).not.toBe(first?.id);
  });

  it('keeps the more severe of two drafts of one identity', () => {
    const drafts = [draft(), draft({ severity: 'high' }), draft({ severity: 'medium' })];
    expect(identify(drafts, tool).map(({ severity }) => severity)).toEqual(['high']);
  });

  it('says how to run the check again', () => {
    const [finding] = identify([draft()], tool);
    expect(finding?.verify).toEqual({
      argv: ['rearguard', 'verify', finding?.id],
      check: { tool: 'shop-guard', command: 'status', input: { endpoint: 'GET /a' } },
    });
    expect(finding).not.toHaveProperty('check');
  });
});
