import { afterEach, describe, expect, it } from 'vitest';
import { EMPTY_COVERAGE } from '../core/coverage.ts';
import type { BackendEvent } from '../core/event.ts';
import type { Report } from '../core/report.ts';
import { temporaryStores } from './store-fixture.ts';

const stores = temporaryStores();
afterEach(() => stores.removeAll());

const T0 = 1_780_000_000_000;
const DAY_MS = 86_400_000;

function report(runId: string, command: string, startedAtMs: number, summary = ''): Report {
  return {
    schemaVersion: 1,
    tool: 'api-health-monitor',
    command,
    runId,
    startedAt: new Date(startedAtMs).toISOString(),
    durationMs: 12,
    status: 'pass',
    summary,
    counts: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
    findings: [],
    insights: [],
    metrics: [],
    sections: [],
    data: { nested: [1, null, 'ü'] },
    coverage: EMPTY_COVERAGE,
    diagnostics: [],
    artifacts: [],
    next: [],
  };
}

describe('runs', () => {
  it('are kept whole, and the latest is the one recorded last', () => {
    const { runs } = stores.open();
    const first = report('run-1', 'status', T0);
    const second = report('run-2', 'baseline', T0 + 1);
    const afterClockSetBack = report('run-3', 'status', T0 - DAY_MS);
    for (const each of [first, second, afterClockSetBack]) runs.record(each);
    expect(runs.get('run-1')).toEqual(first);
    expect(runs.latest('api-health-monitor')).toEqual(afterClockSetBack);
    expect(runs.latest('api-health-monitor', 'baseline')).toEqual(second);
    expect(runs.latest('api-health-monitor', 'watch')).toBeUndefined();
    expect(runs.latest('another-tool')).toBeUndefined();
    expect(runs.get('run-9')).toBeUndefined();
  });

  it('recorded twice are one, with the last report', () => {
    const { runs } = stores.open();
    runs.record(report('run-1', 'watch', T0, 'so far'));
    runs.record(report('run-2', 'status', T0 + 1));
    runs.record(report('run-1', 'watch', T0, 'at the end'));
    expect(runs.get('run-1')?.summary).toBe('at the end');
    expect(runs.latest('api-health-monitor')?.runId).toBe('run-2');
  });

  it('go when they are past their retention', () => {
    const store = stores.open({ runsMs: 90 * DAY_MS });
    store.runs.record(report('old', 'status', T0));
    store.runs.record(report('recent', 'status', T0 + 2 * DAY_MS));
    expect(store.maintain(T0 + 91 * DAY_MS)).toMatchObject({ runsDeleted: 1, more: false });
    expect(store.runs.get('old')).toBeUndefined();
    expect(store.runs.get('recent')?.runId).toBe('recent');
  });
});

describe('baselines', () => {
  it('are kept by tool and name, the last of a name counts', () => {
    const { baselines } = stores.open();
    const before = {
      tool: 'api-health-monitor',
      name: 'before',
      savedAtMs: T0,
      data: { p95: 120.5, n: null },
    };
    baselines.save({ ...before, savedAtMs: T0 - 1, data: 'older' });
    baselines.save(before);
    baselines.save({ tool: 'another-tool', name: 'before', savedAtMs: T0, data: undefined });
    expect(baselines.get('api-health-monitor', 'before')).toEqual(before);
    expect(baselines.get('another-tool', 'before')?.data).toBeNull();
    expect(baselines.get('api-health-monitor', 'after')).toBeUndefined();
    expect(baselines.list().map(({ tool }) => tool)).toEqual(['another-tool', 'api-health-monitor']);
    expect(baselines.list('api-health-monitor')).toEqual([
      { tool: 'api-health-monitor', name: 'before', savedAtMs: T0 },
    ]);
  });
});

describe('events', () => {
  const deploy: BackendEvent = {
    id: 'deploy-1',
    kind: 'deploy',
    atMs: T0,
    target: 'shop',
    title: 'Deploy v2',
    release: 'v2',
    attributes: { by: 'ci' },
  };
  const restart: BackendEvent = { id: 'e2', kind: 'restart', atMs: T0 + 5, title: 'Restart', attributes: {} };

  it('are listed in time order, by range and kind, and once by their id', () => {
    const { events } = stores.open();
    for (const event of [restart, deploy, deploy]) events.add(event);
    expect(events.list({ fromMs: T0, toMs: T0 + 6 })).toEqual([deploy, restart]);
    expect(events.list({ fromMs: T0, toMs: T0 + 5 })).toEqual([deploy]);
    expect(events.list({ fromMs: T0, toMs: T0 + 6 }, ['restart', 'migration'])).toEqual([restart]);
  });

  it('go together with gaps when the hours around them go', () => {
    const store = stores.open({ hourBucketsMs: 400 * DAY_MS });
    const range = { fromMs: T0 - DAY_MS, toMs: T0 + DAY_MS };
    store.events.add(deploy);
    store.samples.gap({ fromMs: T0, toMs: T0 + 1, reason: 'not-running' });
    store.maintain(T0 + 399 * DAY_MS);
    expect([store.events.list(range).length, store.samples.gaps(range).length]).toEqual([1, 1]);
    store.maintain(T0 + 401 * DAY_MS);
    expect([store.events.list(range).length, store.samples.gaps(range).length]).toEqual([0, 0]);
  });
});

describe('observations', () => {
  const key = { tool: 'database-performance-tracker', subject: 'shop', kind: 'statements' };

  it('come back whole, in time order, of one key only', () => {
    const { observations } = stores.open();
    for (const atMs of [T0 + 2, T0, T0 + 1])
      observations.add({ ...key, atMs, document: { text: 'ü', atMs } });
    observations.add({ ...key, subject: 'other', atMs: T0, document: [] });
    expect(observations.list(key, { fromMs: T0, toMs: T0 + 2 })).toEqual([
      { ...key, atMs: T0, document: { text: 'ü', atMs: T0 } },
      { ...key, atMs: T0 + 1, document: { text: 'ü', atMs: T0 + 1 } },
    ]);
    expect(observations.times(key, { fromMs: T0, toMs: T0 + 9 })).toEqual([T0, T0 + 1, T0 + 2]);
    expect(observations.latest(key)?.atMs).toBe(T0 + 2);
    expect(observations.latest(key, T0 + 2)?.atMs).toBe(T0 + 1);
    expect(observations.latest({ ...key, kind: 'tables' })).toBeUndefined();
  });

  it('are replaced at the same time and deleted past their retention', () => {
    const store = stores.open();
    store.observations.add({ ...key, atMs: T0, document: 1 });
    store.observations.add({ ...key, atMs: T0, document: 2 });
    expect(store.observations.list(key, { fromMs: T0, toMs: T0 + 1 })).toEqual([
      { ...key, atMs: T0, document: 2 },
    ]);
    store.maintain(T0 + 400 * DAY_MS);
    expect(store.observations.latest(key)).toBeUndefined();
  });
});
