import { describe, expect, it } from 'vitest';
import type { EndpointMeasure, LoadTick } from '../../../core/load/measure.ts';
import { endpointFixture, tickFixture } from '../../../core/load/tick-fixture.ts';
import { createErrorBudget } from './error-budget.ts';

function tick(toMs: number, succeeded: number, failed: EndpointMeasure['failed']): LoadTick {
  return tickFixture({ fromMs: toMs - 200, toMs, endpoints: [endpointFixture({ succeeded, failed })] });
}

describe('error budget', () => {
  it('is spent when the failed share of a second is reached, over all workers', () => {
    const budget = createErrorBudget({ share: 0.5, minRequests: 50 });
    expect(budget.add(tick(200, 40, {}))).toBeNull();
    expect(budget.add(tick(400, 40, { 'status-5xx': 20 }))).toBeNull();
    expect(budget.add(tick(400, 0, { timeout: 59 }))).toBeNull();
    expect(budget.add(tick(600, 0, { timeout: 1 }))).toBe(
      '80 of 160 requests failed within a second (timeout 60, status-5xx 20); the error budget is 50 %',
    );
  });

  it('forgets what was more than a second ago', () => {
    const budget = createErrorBudget({ share: 0.5, minRequests: 10 });
    expect(budget.add(tick(200, 11, { reset: 10 }))).toBeNull();
    for (let toMs = 400; toMs <= 1_200; toMs += 200) expect(budget.add(tick(toMs, 2, {}))).toBeNull();
    expect(budget.add(tick(1_400, 0, { reset: 7 }))).toBeNull();
    expect(budget.add(tick(1_600, 0, { reset: 1 }))).toContain('8 of 14 requests');
  });

  it('waits for enough requests, and counts nothing where there is no budget', () => {
    const few = createErrorBudget({ share: 0.5, minRequests: 50 });
    expect(few.add(tick(200, 0, { refused: 49 }))).toBeNull();
    expect(few.add(tick(400, 0, { refused: 1 }))).not.toBeNull();
    expect(createErrorBudget(null).add(tick(200, 0, { refused: 1_000 }))).toBeNull();
  });
});
