import { afterEach, describe, expect, it } from 'vitest';
import { alertsSchema } from '../../config/alert-schema.ts';
import type { Sample, SeriesKey } from '../../core/metric.ts';
import { temporaryStores } from '../../store/store-fixture.ts';
import { HOUR_MS, MINUTE_MS, openScene, SECOND_MS, T0 } from './alerting-fixture.ts';
import { evaluateThresholds } from './thresholds.ts';

const stores = temporaryStores();
afterEach(() => stores.removeAll());

const NOBODY = () => [];

describe('heartbeats', () => {
  const settings = { heartbeats: [{ name: 'backup', every: '1h', grace: '5m', severity: 'critical' }] };
  const missing = HOUR_MS + 5 * MINUTE_MS;

  it('are missed once, also one that was never heard of, and come back', () => {
    const scene = openScene({ store: stores.open(), settings, stepMs: 5 * SECOND_MS });
    scene.runTo(missing, NOBODY);
    expect(scene.messages()).toEqual([]);
    scene.runTo(missing + MINUTE_MS, NOBODY);
    scene.restart();
    scene.runTo(missing + 10 * MINUTE_MS, NOBODY);
    expect(scene.messages()).toMatchObject([
      {
        kind: 'firing',
        group: 'operation backup',
        severity: 'critical',
        title: 'backup did not report in time',
        alerts: [{ evidence: ['last heard of: never', expect.any(String), expect.any(String)] }],
      },
    ]);
    scene.store.heartbeats.beat('backup', T0 + scene.atMs);
    scene.runTo(missing + 20 * MINUTE_MS, NOBODY);
    expect(scene.messages().map(({ kind }) => kind)).toEqual(['firing', 'resolved']);
  });

  it('that come in time are silent', () => {
    const scene = openScene({ store: stores.open(), settings, stepMs: 5 * SECOND_MS });
    for (let hour = 0; hour < 4; hour += 1) {
      scene.store.heartbeats.beat('backup', T0 + scene.atMs);
      scene.runTo((hour + 1) * HOUR_MS + 4 * MINUTE_MS, NOBODY);
    }
    expect(scene.messages()).toEqual([]);
  });
});

const SERIES: SeriesKey = {
  metric: 'http.probe.duration',
  unit: 'ms',
  attributes: { target: 'shop', endpoint: 'GET /' },
};

function samplesOf(values: readonly (number | 'failed')[], endMs: number): Sample[] {
  return values.map((value, index) => ({
    atMs: endMs - (values.length - index) * SECOND_MS,
    coversMs: SECOND_MS,
    ...(value === 'failed' ? { outcome: 'failed', value: null } : { outcome: 'ok', value }),
  }));
}

describe('thresholds', () => {
  const limit = (over: Record<string, unknown>) =>
    alertsSchema.parse({
      thresholds: [{ name: 'slow', metric: SERIES.metric, attributes: { target: 'shop' }, ...over }],
    }).thresholds;
  const ten = [10, 20, 30, 40, 50, 60, 70, 80, 90, 'failed'] as const;

  it.each([
    [{ statistic: 'p50', above: 40 }, true],
    [{ statistic: 'p50', above: 60 }, false],
    [{ statistic: 'p99', above: 75 }, true],
    [{ statistic: 'mean', above: 49 }, true],
    [{ statistic: 'mean', above: 51 }, false],
    [{ statistic: 'failed-share', above: 0.09 }, true],
    [{ statistic: 'failed-share', above: 0.11 }, false],
    [{ statistic: 'count', below: 11 }, true],
    [{ statistic: 'count', below: 10 }, false],
    [{ statistic: 'p95', below: 100 }, true],
  ])('%j of nine values and a failure: crossed is %j', (over, crossed) => {
    const store = stores.open();
    store.samples.append([{ series: SERIES, samples: samplesOf(ten, T0) }]);
    const { conditions, undecided } = evaluateThresholds(limit(over), store.samples, T0);
    expect(undecided.size).toBe(0);
    expect(conditions.length === 1).toBe(crossed);
  });

  it('merge the distributions of all series that fit, and say what was measured', () => {
    const store = stores.open();
    const other = { ...SERIES, attributes: { target: 'shop', endpoint: 'GET /b' } };
    const foreign = { ...SERIES, attributes: { target: 'admin', endpoint: 'GET /' } };
    store.samples.append([
      { series: SERIES, samples: samplesOf([100, 100, 100], T0) },
      { series: other, samples: samplesOf([300, 300, 300], T0) },
      {
        series: foreign,
        samples: samplesOf(
          Array.from({ length: 20 }, () => 9_000),
          T0,
        ),
      },
    ]);
    const { conditions } = evaluateThresholds(limit({ statistic: 'mean', above: 150 }), store.samples, T0);
    expect(conditions).toMatchObject([
      {
        rule: 'rearguard/threshold',
        title: 'slow: mean of http.probe.duration is above 150 ms',
        evidence: [
          { label: 'mean', value: 200, unit: 'ms' },
          { label: 'limit', value: 150, unit: 'ms' },
          { label: 'samples', value: 6 },
          { label: 'window', value: '5m' },
        ],
      },
    ]);
  });

  it('say nothing of fewer than five samples, of none, or of a count while nobody looked', () => {
    const store = stores.open();
    const undecided = (over: Record<string, unknown>) =>
      evaluateThresholds(limit(over), store.samples, T0).undecided.has('slow');
    expect(undecided({ statistic: 'count', below: 5 })).toBe(true);
    store.samples.append([{ series: SERIES, samples: samplesOf([1, 2, 3, 'failed'], T0) }]);
    expect(undecided({ statistic: 'p95', above: 1 })).toBe(true);
    expect(undecided({ statistic: 'failed-share', above: 0.1 })).toBe(true);
    expect(undecided({ statistic: 'count', below: 5 })).toBe(false);
    store.samples.gap({ fromMs: T0 - 2 * MINUTE_MS, toMs: T0 - MINUTE_MS, reason: 'not-running' });
    expect(undecided({ statistic: 'count', below: 5 })).toBe(true);
  });

  it('are pending until they have held for their time, and fire once', () => {
    const settings = {
      thresholds: [{ name: 'slow', metric: SERIES.metric, above: 50, for: '3m', over: '1m' }],
      resolveAfter: '2m',
    };
    const store = stores.open();
    const scene = openScene({ store, settings, stepMs: 5 * SECOND_MS });
    const probe = (untilMs: number, value: number): void => {
      while (scene.atMs < untilMs) {
        const sample: Sample = { atMs: T0 + scene.atMs, outcome: 'ok', value, coversMs: 5_000 };
        store.samples.append([{ series: SERIES, samples: [sample] }]);
        scene.runTo(scene.atMs + 5 * SECOND_MS, NOBODY);
      }
    };
    probe(2 * MINUTE_MS, 100);
    expect(scene.alert('slow')).toMatchObject({ state: 'pending', firedAtMs: null });
    probe(5 * MINUTE_MS, 10);
    expect(scene.alert('slow')).toBeUndefined();
    expect(store.alerts.groups()).toEqual([]);
    probe(10 * MINUTE_MS, 100);
    scene.restart();
    probe(12 * MINUTE_MS, 100);
    expect(scene.messages().map(({ kind }) => kind)).toEqual(['firing']);
    probe(20 * MINUTE_MS, 10);
    expect(scene.messages().map(({ kind }) => kind)).toEqual(['firing', 'resolved']);
  });
});
