import { describe, expect, it } from 'vitest';
import { historyFixture } from './history-fixtures.ts';
import { summarisePeriod } from './period.ts';
import { repeat } from './test-fixtures.ts';

const HOUR_MS = 3_600_000;
const period = { fromMs: 0, toMs: 4 * HOUR_MS, budgetWindowMs: 30 * 24 * HOUR_MS };
/** An hour of one probe every 30 s. */
const quiet = { latencies: repeat(20, 120), failed: 0 };
const slow = { latencies: repeat(400, 120), failed: 0 };
const failing = { latencies: repeat(20, 60), failed: 60 };

describe('summarisePeriod', () => {
  it('merges histograms, and never averages percentiles', () => {
    // Nine tenths of the calls of the period are fast; the mean of the hourly p95 would be far above 20 ms.
    const summary = summarisePeriod(
      historyFixture(HOUR_MS, 0, [quiet, quiet, quiet, { latencies: repeat(400, 10), failed: 0 }]),
      undefined,
      period,
    );
    expect(summary.p95Ms).toBeCloseTo(20, 0);
    expect(summary.p99Ms).toBeGreaterThan(390);
  });

  it('weights uptime by covered time and says how much was covered', () => {
    const summary = summarisePeriod(historyFixture(HOUR_MS, 0, [quiet, failing]), undefined, period);
    expect(summary.uptime).toBeCloseTo(0.75, 10);
    expect(summary.coverage).toBeCloseTo(0.5, 10);
  });

  it('compares p95 only where both periods may claim one', () => {
    const before = historyFixture(HOUR_MS, -4 * HOUR_MS, [quiet]);
    const few = historyFixture(HOUR_MS, -4 * HOUR_MS, [{ latencies: repeat(20, 10), failed: 0 }]);
    const now = historyFixture(HOUR_MS, 0, [slow]);
    expect(summarisePeriod(now, before, period).p95Change).toBeCloseTo(19, 0);
    expect(summarisePeriod(now, few, period).p95Change).toBeNull();
  });

  it('puts failing hours before slow ones', () => {
    const summary = summarisePeriod(historyFixture(HOUR_MS, 0, [quiet, slow, failing]), undefined, period);
    expect(summary.worstHours.map(({ startMs }) => startMs / HOUR_MS)).toEqual([2, 1, 0]);
  });

  it('knows nothing of an empty period', () => {
    const summary = summarisePeriod(historyFixture(HOUR_MS, 0, []), undefined, period);
    expect(summary).toMatchObject({ p50Ms: null, p95Ms: null, uptime: null, coverage: 0, p95Change: null });
  });
});
