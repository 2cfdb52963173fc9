import { afterAll, describe, expect, it } from 'vitest';
import { RearguardError } from '../../core/errors.ts';
import { createRedactor } from '../../core/redact.ts';
import { dependencyGraph } from '../../core/dependency-graph.ts';
import { alertsSchema } from '../../config/alert-schema.ts';
import type { Store } from '../../store/store.ts';
import { temporaryStores } from '../../store/store-fixture.ts';
import { createAlerting } from './alerting.ts';
import { COARSE, coverageOf, finding, MINUTE_MS, openScene, SECOND_MS, T0 } from './alerting-fixture.ts';

const stores = temporaryStores();
afterAll(() => stores.removeAll());

const PAYMENT = finding('dependency', 'payment');

describe('a store that cannot be written for a while', () => {
  it('changes nothing but the moment of the message', () => {
    const real = stores.open();
    let full = false;
    const commit: Store['alerts']['commit'] = (change) => {
      if (full) throw new RearguardError('E_STORE_FULL', { path: 'store.db' });
      real.alerts.commit(change);
    };
    const scene = openScene({ store: { ...real, alerts: { ...real.alerts, commit } }, ...COARSE });
    // Begins, and waits for what may come with it.
    scene.runTo(10 * SECOND_MS, () => [PAYMENT]);
    full = true;
    for (let toMs = 15 * SECOND_MS; toMs <= 50 * SECOND_MS; toMs += COARSE.stepMs) {
      expect(() => scene.runTo(toMs, () => [PAYMENT])).toThrow('the disk is full');
    }
    expect(scene.messages()).toEqual([]);
    full = false;
    scene.runTo(5 * MINUTE_MS, () => [PAYMENT]);
    expect(scene.messages()).toMatchObject([{ kind: 'firing', atMs: T0 + 55 * SECOND_MS }]);
  });
});

describe('a quiet time', () => {
  it('writes nothing, be there alerts or not', () => {
    const real = stores.open();
    let writes = 0;
    const commit: Store['alerts']['commit'] = (change) => {
      writes += 1;
      real.alerts.commit(change);
    };
    const scene = openScene({ store: { ...real, alerts: { ...real.alerts, commit } }, ...COARSE });
    scene.runTo(MINUTE_MS, () => []);
    expect(writes).toBe(0);
    scene.runTo(2 * MINUTE_MS, () => [PAYMENT]);
    const afterMessage = writes;
    scene.runTo(60 * MINUTE_MS, (atMs) => [
      { ...PAYMENT, evidence: [{ label: 'failed probes', value: atMs / SECOND_MS }] },
    ]);
    expect(writes).toBe(afterMessage);
  });
});

describe('what is no longer watched', () => {
  it('ends: its monitor is gone', () => {
    const scene = openScene({ store: stores.open(), ...COARSE });
    scene.runTo(MINUTE_MS, () => [PAYMENT]);
    scene.restart();
    scene.alerting.retain(['another monitor']);
    scene.runTo(2 * MINUTE_MS, () => []);
    expect(scene.alert('payment')).toMatchObject({ state: 'firing', clearedAtMs: T0 + 65 * SECOND_MS });
    scene.runTo(7 * MINUTE_MS, () => []);
    expect(scene.messages().map(({ kind }) => kind)).toEqual(['firing', 'resolved']);
  });
});

describe('secrets', () => {
  it('do not get into a message', () => {
    const store = stores.open();
    let nowMs = T0;
    const alerting = createAlerting({
      store,
      settings: alertsSchema.parse({ notifiers: { ops: { kind: 'console' }, chat: { kind: 'console' } } }),
      planned: [],
      graph: dependencyGraph([]),
      clock: { wallMs: () => nowMs, monotonicMs: () => nowMs },
      redactor: createRedactor(['hunter2-hunter2']),
    });
    const leaking = { ...PAYMENT, title: 'payment refused hunter2-hunter2\u001b[31m\nand more' };
    alerting.report('watcher', { findings: [leaking], coverage: coverageOf([leaking]) });
    expect(alerting.tick()).toMatchObject({ queued: 0, firing: [{ id: PAYMENT.id }] });
    nowMs += 10 * SECOND_MS;
    expect(alerting.tick().queued).toBe(2);
    const [delivery] = store.deliveries.list();
    expect(delivery?.message.title).toMatch(/^payment refused \S+ and more$/);
    expect(JSON.stringify(delivery)).not.toContain('hunter2');
  });
});
