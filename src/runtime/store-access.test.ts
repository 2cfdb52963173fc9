import { describe, expect, it } from 'vitest';
import { RearguardError } from '../core/errors.ts';
import type { Sample, SeriesKey } from '../core/metric.ts';
import type { Store } from '../store/store.ts';
import { createForgetfulStore } from './forgetful-store.ts';
import { identify } from './identify.ts';
import { accessStore } from './store-access.ts';

const SERIES: SeriesKey = { metric: 'm', unit: 'ms', attributes: { endpoint: 'a' } };
const SAMPLES: Sample[] = [
  { atMs: 20, outcome: 'ok', value: 2, coversMs: 0 },
  { atMs: 10, outcome: 'ok', value: 1, coversMs: 0 },
];
const ALWAYS = { fromMs: 0, toMs: 1_000 };
const EVENT = { id: 'e', kind: 'deploy', atMs: 5, title: 'x', attributes: {} } as const;

const full = (): never => {
  throw new RearguardError('E_STORE_FULL', { path: 'store.db' });
};

/** A store on a disk that is full from now on: it can be read and not written. */
function fullStore(): Store {
  const store = createForgetfulStore();
  return {
    ...store,
    findings: { ...store.findings, apply: full },
    samples: { ...store.samples, append: full, gap: full },
    runs: { ...store.runs, record: full },
    events: { ...store.events, add: full },
    baselines: { ...store.baselines, save: full },
    maintain: full,
  };
}

const found = identify(
  [
    {
      rule: 'shop-guard/slow',
      severity: 'low',
      confidence: 'likely',
      title: 'Slow',
      subject: { kind: 'endpoint', name: 'a' },
      evidence: [{ label: 'p95', value: 1 }],
      fix: { summary: 'x', steps: [] },
      check: { command: 'status', input: {} },
    },
  ],
  { name: 'shop-guard', alias: 'shop' },
);
const run = { tool: 'shop-guard', coverage: { checked: [], notChecked: [] }, found, nowMs: 0 };

describe('accessStore', () => {
  it('goes on without what cannot be written, and remembers why', () => {
    const { store, failure } = accessStore(fullStore);
    expect(failure()).toBeUndefined();
    store.samples.append([{ series: SERIES, samples: SAMPLES }]);
    expect(failure()).toMatchObject({ code: 'E_STORE_FULL', exitCode: 3 });
    store.samples.gap({ fromMs: 0, toMs: 1, reason: 'not-running' });
    store.events.add(EVENT);
    store.baselines.save({ tool: 't', name: 'n', savedAtMs: 0, data: null });
    expect(store.maintain(0)).toMatchObject({ samplesDeleted: 0 });
    expect(store.findings.apply(run)).toMatchObject([{ id: found[0]?.id, state: 'new' }]);
  });

  it('goes on without a store that cannot be opened, and remembers this run', () => {
    const { store, failure } = accessStore(full);
    expect(failure()?.code).toBe('E_STORE_FULL');
    store.samples.append([{ series: SERIES, samples: SAMPLES }]);
    expect(store.samples.raw(SERIES, ALWAYS).map(({ atMs }) => atMs)).toEqual([10, 20]);
    expect(store.samples.raw(SERIES, ALWAYS, 1).map(({ atMs }) => atMs)).toEqual([20]);
    expect(store.samples.series('m', { endpoint: 'a' })).toEqual([SERIES]);
    expect(store.samples.series('m', { endpoint: 'b' })).toEqual([]);
    store.events.add(EVENT);
    expect(store.events.list(ALWAYS, ['deploy'])).toEqual([EVENT]);
    store.baselines.save({ tool: 't', name: 'n', savedAtMs: 0, data: 1 });
    expect(store.baselines.get('t', 'n')?.data).toBe(1);
    expect(store.baselines.list('t')).toEqual([{ tool: 't', name: 'n', savedAtMs: 0 }]);
  });

  it('hides no defect', () => {
    const broken = (): never => {
      throw new TypeError('a defect');
    };
    expect(() => accessStore(broken)).toThrow('a defect');
  });
});
