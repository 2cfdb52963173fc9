import { afterEach, describe, expect, it } from 'vitest';
import type { MaintenanceWindow } from '../../../core/maintenance.ts';
import { temporaryStores } from '../../../store/store-fixture.ts';
import { endpointFixture } from '../analyze/test-fixtures.ts';
import { startLive } from '../analyze/live-window.ts';
import { healthOptionsSchema } from '../options.ts';
import { RULES } from '../rules.ts';
import { createBurnWatch } from './burn-watch.ts';
import { seriesFor } from './samples.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOW_MS = 1_780_000_200_000;
const orders = endpointFixture('/api/orders');
const stores = temporaryStores();
afterEach(() => stores.removeAll());

/** A probe a minute over six hours; those of the span fail. */
function recorded(failing: { fromMs: number; toMs: number }) {
  const store = stores.open();
  const samples = Array.from({ length: 360 }, (_, index) => {
    const atMs = NOW_MS - 6 * HOUR_MS + index * MINUTE_MS;
    const failed = atMs >= failing.fromMs && atMs < failing.toMs;
    return {
      atMs,
      outcome: failed ? ('failed' as const) : ('ok' as const),
      value: failed ? null : 20,
      coversMs: MINUTE_MS,
    };
  });
  store.samples.append([{ series: seriesFor(orders, 'cold'), samples }]);
  return store;
}

function watchOf(store: ReturnType<typeof recorded>, windows: MaintenanceWindow[] = []) {
  const options = healthOptionsSchema.parse({});
  return createBurnWatch({ store, options, maintenance: () => windows });
}

const outage = { fromMs: NOW_MS - 14 * MINUTE_MS, toMs: NOW_MS };

describe('createBurnWatch', () => {
  it('finds an outage that began before the watch did', () => {
    const { findings } = watchOf(recorded(outage)).look([startLive(orders, NOW_MS)], NOW_MS);
    expect(findings).toMatchObject([{ rule: RULES.errorBudgetBurn.id, severity: 'high' }]);
  });

  it('forgives it once the time is called maintenance, also afterwards', () => {
    const windows: MaintenanceWindow[] = [];
    const watch = watchOf(recorded(outage), windows);
    const live = startLive(orders, NOW_MS);
    expect(watch.look([live], NOW_MS).findings).toHaveLength(1);
    windows.push({ name: 'upgrade', ...outage, subjects: ['shop'] });
    expect(watch.look([live], NOW_MS + 2 * MINUTE_MS)).toMatchObject({ findings: [], checked: [{}] });
  });

  it('looks again at a clean budget only after a new failure', () => {
    const store = recorded({ fromMs: 0, toMs: 0 });
    const watch = watchOf(store);
    const live = startLive(orders, NOW_MS);
    expect(watch.look([live], NOW_MS).findings).toEqual([]);
    const failures = Array.from({ length: 10 }, (_, index) => ({
      atMs: NOW_MS + index * MINUTE_MS,
      outcome: 'failed' as const,
      value: null,
      coversMs: MINUTE_MS,
    }));
    store.samples.append([{ series: seriesFor(orders, 'cold'), samples: failures }]);
    live.failed = failures.length;
    expect(watch.look([live], NOW_MS + 10 * MINUTE_MS).findings).toHaveLength(1);
  });
});
