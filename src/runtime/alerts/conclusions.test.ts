import { describe, expect, it } from 'vitest';
import { finding, coverageOf } from './alerting-fixture.ts';
import { createConclusions } from './conclusions.ts';
import { begin } from './evaluate-episode.ts';

const PAYMENT = finding('dependency', 'payment');
const SHOP = finding('endpoint', 'shop GET /');
const PATIENCE_MS = 100;

const alertOf = (source: string) => begin({ ...PAYMENT, verify: [], source }, 'dependency payment', 0);
const saying = (...findings: (typeof PAYMENT)[]) => ({ findings, coverage: coverageOf([PAYMENT, SHOP]) });
const blind = { findings: [], coverage: { checked: [], notChecked: [] } };

describe('conclusions of several monitors', () => {
  it('hold what the newest says that came to a verdict', () => {
    const conclusions = createConclusions();
    conclusions.report('check', saying(PAYMENT, SHOP), 0);
    expect(conclusions.conditions().map(({ id }) => id)).toEqual([PAYMENT.id, SHOP.id]);
    conclusions.report('monitor', saying(SHOP), 1);
    expect(conclusions.conditions().map(({ id, source }) => [id, source])).toEqual([
      [SHOP.id, 'check'],
      [SHOP.id, 'monitor'],
    ]);
    conclusions.report('check', saying(PAYMENT), 2);
    expect(conclusions.conditions().map(({ id }) => id)).toEqual([PAYMENT.id]);
  });

  it('do not end what was seen after the last verdict', () => {
    const conclusions = createConclusions();
    conclusions.report('check', saying(), 0);
    conclusions.report('monitor', saying(PAYMENT), 1);
    conclusions.report('monitor', blind, 2);
    expect(conclusions.conditions()).toEqual([]);
    expect(conclusions.isDecided(alertOf('monitor'))).toBe(false);
    conclusions.report('check', saying(), 3);
    expect(conclusions.isDecided(alertOf('monitor'))).toBe(true);
  });

  it('end what is muted or resolved, without a word in the coverage', () => {
    const conclusions = createConclusions();
    conclusions.report('monitor', { ...blind, findings: [{ ...PAYMENT, state: 'muted' }] }, 0);
    expect(conclusions.isDecided(alertOf('monitor'))).toBe(true);
  });
});

describe('an alert that nobody watches any longer', () => {
  it('is one whose monitor is gone', () => {
    const conclusions = createConclusions();
    expect(conclusions.isUnwatched(alertOf('monitor'), 0, PATIENCE_MS)).toBe(false);
    conclusions.retain(['another']);
    expect(conclusions.isUnwatched(alertOf('monitor'), 0, PATIENCE_MS)).toBe(true);
  });

  it('is one whose subject no monitor knows, after some patience', () => {
    const conclusions = createConclusions();
    conclusions.report('monitor', blind, 0);
    expect(conclusions.isUnwatched(alertOf('monitor'), 100, PATIENCE_MS)).toBe(false);
    expect(conclusions.isUnwatched(alertOf('monitor'), 101, PATIENCE_MS)).toBe(true);
    conclusions.report('check', saying(), 90);
    expect(conclusions.isUnwatched(alertOf('monitor'), 101, PATIENCE_MS)).toBe(false);
  });

  it('is none that could not be looked at', () => {
    const conclusions = createConclusions();
    const named = { checked: [], notChecked: [{ subject: PAYMENT.subject, reason: 'no route' }] };
    conclusions.report('monitor', { findings: [], coverage: named }, 0);
    expect(conclusions.isUnwatched(alertOf('monitor'), 500, PATIENCE_MS)).toBe(false);
    const unnamed = { checked: [], notChecked: [{ reason: 'the budget was over' }] };
    conclusions.report('monitor', { findings: [], coverage: unnamed }, 1);
    expect(conclusions.isUnwatched(alertOf('monitor'), 500, PATIENCE_MS)).toBe(false);
  });
});
