import { describe, expect, it } from 'vitest';
import { RULES } from '../rules.ts';
import { assessBudget, scheduledOutcomes } from './budget.ts';
import { historyFixture } from './history-fixtures.ts';
import { repeat } from './test-fixtures.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const good = { latencies: [10, 12], failed: 0 };
const bad = { latencies: [], failed: 2 };

function assess(minutes: readonly (typeof good)[]) {
  const history = historyFixture(MINUTE_MS, 0, minutes);
  const outcomes = scheduledOutcomes(history);
  return assessBudget([{ ...history, outcomes }], minutes.length * MINUTE_MS, 30 * DAY_MS);
}

describe('assessBudget', () => {
  it('pages for an outage of the last ten minutes', () => {
    expect(assess([...repeat(good, 120), ...repeat(bad, 10)]).findings).toMatchObject([
      { rule: RULES.errorBudgetBurn.id, severity: 'high' },
    ]);
  });

  it('says nothing about two lone failures, and that it looked', () => {
    const lone = { latencies: [10], failed: 1 };
    const { findings, checked } = assess([...repeat(good, 60), lone, ...repeat(good, 30), lone]);
    expect(findings).toEqual([]);
    expect(checked).toHaveLength(1);
  });

  it('does not count extra probes as uptime', () => {
    const history = historyFixture(MINUTE_MS, 0, repeat(bad, 10));
    const unscheduled = {
      ...history,
      buckets: history.buckets.map((bucket) => ({ ...bucket, okScheduled: 0, failedScheduled: 0 })),
    };
    const outcomes = scheduledOutcomes(unscheduled);
    expect(assessBudget([{ ...unscheduled, outcomes }], 10 * MINUTE_MS, 30 * DAY_MS).checked).toEqual([]);
  });
});
