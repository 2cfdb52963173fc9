import { afterEach, describe, expect, it } from 'vitest';
import type { Alert, AlertGroup, AlertMessage } from '../core/alert.ts';
import { temporaryStores } from './store-fixture.ts';

const stores = temporaryStores();
afterEach(() => stores.removeAll());

const T0 = 1_780_000_000_000;
const DAY_MS = 86_400_000;
const NOTHING = { alerts: [], groups: [], endedGroups: [], messages: [], nowMs: T0 };

function alert(name: string, over: Partial<Alert> = {}): Alert {
  return {
    id: `deps-${name}`,
    fingerprint: `print of ${name}`,
    rule: 'deps/down',
    severity: 'high',
    title: `${name} is down`,
    subject: { kind: 'dependency', name },
    evidence: [{ label: 'ü', value: 1 }],
    state: 'firing',
    group: `dependency ${name}`,
    startedAtMs: T0,
    firedAtMs: T0,
    clearedAtMs: null,
    resolvedAtMs: null,
    suppression: null,
    ...over,
  };
}

function message(id: string): AlertMessage {
  return {
    id,
    kind: 'firing',
    dedupKey: 'd',
    group: 'dependency a',
    severity: 'high',
    title: id,
    atMs: T0,
    startedAtMs: T0,
    endedAtMs: null,
    alerts: [],
    omitted: 0,
    affected: [],
    affectedOmitted: 0,
  };
}

const group: AlertGroup = {
  key: 'dependency a',
  episode: T0,
  firstFiredAtMs: T0,
  notifiedAtMs: T0,
  notifiedSeverity: 'high',
  notifiedSubjects: ['dependency a'],
  notifiers: ['ops'],
  messages: 1,
};

describe('alerts', () => {
  it('are kept one by episode, newest first', () => {
    const { alerts } = stores.open();
    const resolved = alert('a', { state: 'resolved', resolvedAtMs: T0 + 5 });
    const again = alert('a', { startedAtMs: T0 + 10 });
    alerts.commit({ ...NOTHING, alerts: [alert('a'), alert('b', { startedAtMs: T0 + 1 })] });
    alerts.commit({ ...NOTHING, alerts: [resolved, again] });
    expect(alerts.list().map(({ id, startedAtMs }) => [id, startedAtMs - T0])).toEqual([
      ['deps-a', 10],
      ['deps-b', 1],
    ]);
    expect(alerts.list({ resolvedSinceMs: T0 + 5 })).toHaveLength(3);
    expect(alerts.list({ resolvedSinceMs: T0 + 6 })).toHaveLength(2);
    expect(alerts.list({ limit: 1 })).toEqual([again]);
  });

  it('go with their groups and messages in one step', () => {
    const { alerts, deliveries } = stores.open();
    const messages = [
      { notifier: 'ops', message: message('m1') },
      { notifier: 'chat', message: message('m1') },
    ];
    alerts.commit({ ...NOTHING, groups: [group], messages });
    expect(alerts.groups()).toEqual([group]);
    expect(deliveries.heads()).toHaveLength(2);
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const broken = { notifier: 'ops', message: circular as unknown as AlertMessage };
    expect(() =>
      alerts.commit({ ...NOTHING, alerts: [alert('b')], endedGroups: [group.key], messages: [broken] }),
    ).toThrow('circular');
    expect(alerts.list()).toEqual([]);
    expect(alerts.groups()).toEqual([group]);
    alerts.commit({ ...NOTHING, endedGroups: [group.key] });
    expect(alerts.groups()).toEqual([]);
  });

  it('that are resolved go when they are past their retention; those that fire stay', () => {
    const store = stores.open({ hourBucketsMs: DAY_MS });
    const old = { state: 'resolved', resolvedAtMs: T0 } as const;
    store.alerts.commit({ ...NOTHING, alerts: [alert('a', old), alert('b')] });
    store.maintain(T0 + DAY_MS);
    expect(store.alerts.list({ resolvedSinceMs: 0 })).toHaveLength(2);
    store.maintain(T0 + DAY_MS + 1);
    expect(store.alerts.list({ resolvedSinceMs: 0 }).map(({ id }) => id)).toEqual(['deps-b']);
  });
});

describe('deliveries', () => {
  const queue = (...entries: [notifier: string, id: string][]) => ({
    ...NOTHING,
    messages: entries.map(([notifier, id]) => ({ notifier, message: message(id) })),
  });

  it('wait in order, each notifier for itself', () => {
    const { alerts, deliveries } = stores.open();
    alerts.commit(queue(['ops', 'm1'], ['chat', 'm1'], ['ops', 'm2']));
    const [first, second] = deliveries.heads();
    expect([first?.notifier, second?.notifier]).toEqual(['ops', 'chat']);
    deliveries.attempted(first?.position ?? 0, { error: 'refused', nextAttemptAtMs: T0 + 7 });
    expect(deliveries.heads()[0]).toMatchObject({
      message: message('m1'),
      attempts: 1,
      lastError: 'refused',
      nextAttemptAtMs: T0 + 7,
      state: 'queued',
      settledAtMs: null,
    });
    deliveries.settle(first?.position ?? 0, 'delivered', T0 + 8);
    expect(deliveries.heads().map(({ notifier, message: { id } }) => `${notifier} ${id}`)).toEqual([
      'chat m1',
      'ops m2',
    ]);
    expect(deliveries.list({ state: 'delivered' })).toMatchObject([
      { attempts: 2, lastError: 'refused', settledAtMs: T0 + 8 },
    ]);
  });

  it('are queued once, and settled once', () => {
    const { alerts, deliveries } = stores.open();
    alerts.commit(queue(['ops', 'm1'], ['ops', 'm1']));
    alerts.commit(queue(['ops', 'm1']));
    expect(deliveries.list()).toHaveLength(1);
    const position = deliveries.heads()[0]?.position ?? 0;
    deliveries.settle(position, 'undeliverable', T0, 'no such channel');
    deliveries.settle(position, 'delivered', T0 + 1);
    deliveries.attempted(position, { error: 'late', nextAttemptAtMs: T0 });
    expect(deliveries.heads()).toEqual([]);
    expect(deliveries.list({ notifier: 'ops', limit: 5 })).toMatchObject([
      { state: 'undeliverable', lastError: 'no such channel', settledAtMs: T0 },
    ]);
  });

  it('never get a position twice, and go when they are settled and past their retention', () => {
    const store = stores.open({ hourBucketsMs: DAY_MS });
    store.alerts.commit(queue(['ops', 'm1'], ['chat', 'm1']));
    const [ops, chat] = store.deliveries.heads();
    store.deliveries.settle(chat?.position ?? 0, 'delivered', T0);
    store.maintain(T0 + 2 * DAY_MS);
    expect(store.deliveries.list()).toEqual([ops]);
    store.alerts.commit(queue(['chat', 'm2']));
    expect(store.deliveries.heads()[1]?.position).toBeGreaterThan(chat?.position ?? 0);
  });
});

describe('windows', () => {
  const window = {
    id: 'w',
    kind: 'silence',
    fromMs: T0,
    toMs: T0 + 100,
    subjects: ['shop'],
    reason: 'x',
  } as const;

  it('are listed where they overlap a range', () => {
    const { windows } = stores.open();
    windows.add(window);
    windows.add({ ...window, id: 'v', kind: 'maintenance', subjects: [] });
    expect(windows.list({ fromMs: T0 + 99, toMs: T0 + 200 }, 'silence')).toEqual([window]);
    expect(windows.list({ fromMs: 0, toMs: T0 + 1 }).map(({ id }) => id)).toEqual(['v', 'w']);
    expect(windows.list({ fromMs: 0, toMs: T0 })).toEqual([]);
    expect(windows.list({ fromMs: T0 + 100, toMs: T0 + 200 })).toEqual([]);
  });

  it('end now, are taken back before they begin, and stay ended', () => {
    const { windows } = stores.open();
    const always = { fromMs: 0, toMs: T0 * 2 };
    windows.add(window);
    windows.add({ ...window, id: 'later', fromMs: T0 + 50 });
    expect(windows.end('w', T0 + 40)).toBe(true);
    expect(windows.end('w', T0 + 45)).toBe(true);
    expect(windows.end('later', T0 + 50)).toBe(true);
    expect(windows.end('nowhere', T0)).toBe(false);
    expect(windows.list(always)).toEqual([{ ...window, toMs: T0 + 40 }]);
  });

  it('go when they are past their retention', () => {
    const store = stores.open({ hourBucketsMs: DAY_MS });
    store.windows.add(window);
    store.maintain(T0 + DAY_MS + 101);
    expect(store.windows.list({ fromMs: 0, toMs: T0 * 2 })).toEqual([]);
  });
});

describe('heartbeats', () => {
  it('remember the newest one, and since when they are expected', () => {
    const { heartbeats } = stores.open();
    expect(heartbeats.last('backup')).toBeUndefined();
    expect(heartbeats.expectedSince('backup', T0)).toBe(T0);
    expect(heartbeats.expectedSince('backup', T0 + 9)).toBe(T0);
    expect(heartbeats.last('backup')).toBeUndefined();
    heartbeats.beat('backup', T0 + 5);
    heartbeats.beat('backup', T0 + 6);
    expect(heartbeats.last('backup')).toBe(T0 + 6);
    expect(heartbeats.expectedSince('backup', T0 + 9)).toBe(T0);
  });
});

describe('the lease', () => {
  it('has one holder at a time', () => {
    const { lease } = stores.open();
    expect(lease.current()).toBeUndefined();
    expect(lease.take({ holder: 'a', nowMs: T0, staleBeforeMs: T0 - 10 })).toBe(true);
    expect(lease.take({ holder: 'b', nowMs: T0 + 5, staleBeforeMs: T0 - 5 })).toBe(false);
    expect(lease.take({ holder: 'a', nowMs: T0 + 6, staleBeforeMs: T0 - 4 })).toBe(true);
    expect(lease.take({ holder: 'b', nowMs: T0 + 16, staleBeforeMs: T0 + 6 })).toBe(true);
    expect(lease.take({ holder: 'a', nowMs: T0 + 17, staleBeforeMs: T0 + 7 })).toBe(false);
    expect(lease.current()).toEqual({ holder: 'b', renewedAtMs: T0 + 16 });
  });

  it('is free once it was released, and by its holder only', () => {
    const { lease } = stores.open();
    lease.take({ holder: 'a', nowMs: T0, staleBeforeMs: 0 });
    lease.release('b');
    expect(lease.take({ holder: 'b', nowMs: T0 + 1, staleBeforeMs: T0 - 1 })).toBe(false);
    lease.release('a');
    expect(lease.current()).toEqual({ holder: 'a', renewedAtMs: T0 });
    expect(lease.take({ holder: 'b', nowMs: T0 + 1, staleBeforeMs: T0 - 1 })).toBe(true);
    expect(lease.take({ holder: 'a', nowMs: T0 + 1, staleBeforeMs: T0 - 1 })).toBe(false);
  });
});
