import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../core/finding.ts';
import type { Store } from '../../store/store.ts';
import { temporaryStores } from '../../store/store-fixture.ts';
import { createForgetfulStore } from '../forgetful-store.ts';
import {
  between,
  COARSE,
  ENDPOINT,
  finding,
  HOUR_MS,
  MINUTE_MS,
  openScene,
  PAYMENT,
  SECOND_MS,
  type SceneOptions,
  T0,
} from './alerting-fixture.ts';

const stores = temporaryStores();
afterAll(() => stores.removeAll());

const open = (options: Partial<SceneOptions> = {}) => openScene({ store: stores.open(), ...options });

describe('one failure', () => {
  it('is told once, after the time for related ones to come, and once when it is over', () => {
    const scene = open();
    scene.runTo(30 * MINUTE_MS, between(MINUTE_MS, 10 * MINUTE_MS, [ENDPOINT]));
    expect(scene.messages()).toMatchObject([
      {
        kind: 'firing',
        group: 'target shop',
        severity: 'high',
        title: 'shop GET /api/orders is down',
        atMs: T0 + MINUTE_MS + 10 * SECOND_MS,
        startedAtMs: T0 + MINUTE_MS,
        endedAtMs: null,
        alerts: [
          {
            id: ENDPOINT.id,
            evidence: ['failed probes: 3'],
            advice: 'Start shop GET /api/orders.',
            verify: `rearguard verify ${ENDPOINT.id}`,
          },
        ],
      },
      {
        kind: 'resolved',
        title: 'shop is well again after 9m; it was: shop GET /api/orders is down',
        atMs: T0 + 15 * MINUTE_MS,
        endedAtMs: T0 + 10 * MINUTE_MS,
        alerts: [{ id: ENDPOINT.id, evidence: [] }],
      },
    ]);
    const [fired, resolved] = scene.messages();
    expect(resolved?.dedupKey).toBe(fired?.dedupKey);
    expect(resolved?.id).not.toBe(fired?.id);
    expect(scene.alerting.alerts()).toEqual([]);
    expect(scene.store.alerts.groups()).toEqual([]);
    expect(scene.store.alerts.list({ resolvedSinceMs: T0 })).toMatchObject([{ state: 'resolved' }]);
  });

  it('that comes back after its end is a new episode', () => {
    const scene = open();
    const twice = (atMs: number) => (atMs < MINUTE_MS || atMs >= 20 * MINUTE_MS ? [ENDPOINT] : []);
    scene.runTo(21 * MINUTE_MS, twice);
    const [first, , second] = scene.messages();
    expect(scene.messages().map(({ kind }) => kind)).toEqual(['firing', 'resolved', 'firing']);
    expect(second?.dedupKey).not.toBe(first?.dedupKey);
  });

  it('that is gone before anybody was told ends in silence', () => {
    const scene = open();
    scene.runTo(10 * MINUTE_MS, between(MINUTE_MS, MINUTE_MS + 9 * SECOND_MS, [ENDPOINT]));
    expect(scene.messages()).toEqual([]);
    expect(scene.store.alerts.list({ resolvedSinceMs: T0 })).toHaveLength(1);
  });

  it('is told again while it lasts', () => {
    const scene = open(COARSE);
    scene.runTo(9 * HOUR_MS, () => [ENDPOINT]);
    expect(scene.messages().map(({ kind }) => kind)).toEqual(['firing', 'reminder', 'reminder']);
    expect(scene.messages()[1]?.title).toBe('Still after 4h: shop GET /api/orders is down');
  });

  it('is no alert where it is mild, muted or resolved', () => {
    const scene = open({ settings: { minSeverity: 'low' } });
    const quiet = [
      finding('target', 'a', { severity: 'info' }),
      finding('target', 'b', { state: 'muted' }),
      finding('target', 'c', { state: 'resolved' }),
      finding('target', 'd', { severity: 'low' }),
    ];
    scene.runTo(MINUTE_MS, () => quiet);
    expect(scene.messages().map(({ group }) => group)).toEqual(['target d']);
    expect(scene.alerting.alerts()).toHaveLength(1);
  });

  it('ends when it is muted, or becomes mild', () => {
    const scene = open();
    scene.runTo(MINUTE_MS, () => [ENDPOINT, PAYMENT]);
    scene.runTo(10 * MINUTE_MS, () => [
      { ...ENDPOINT, state: 'muted' as const },
      { ...PAYMENT, severity: 'low' as const },
    ]);
    expect(scene.messages().map(({ kind }) => kind)).toEqual(['firing', 'firing', 'resolved', 'resolved']);
  });
});

describe('several failures', () => {
  it('that have nothing to do with each other are told one by one, whatever their number', () => {
    const scene = open(COARSE);
    const lone = Array.from({ length: 40 }, (_, index) => finding('dependency', `d${index}`));
    scene.runTo(2 * HOUR_MS, (atMs) =>
      lone.filter((_, index) => atMs >= index * MINUTE_MS && atMs < (index + 2) * MINUTE_MS),
    );
    expect(scene.messages().filter(({ kind }) => kind === 'firing')).toHaveLength(40);
    expect(scene.messages()).toHaveLength(80);
  });

  it('that are each gone at once are never told', () => {
    const scene = open(COARSE);
    const lone = Array.from({ length: 40 }, (_, index) => finding('dependency', `d${index}`));
    scene.runTo(2 * HOUR_MS, (atMs) =>
      lone.filter((_, index) => atMs >= index * MINUTE_MS && atMs < index * MINUTE_MS + 10 * SECOND_MS),
    );
    expect(scene.messages()).toEqual([]);
  });

  it('of one target come in one message, later ones in one update', () => {
    const scene = open();
    const endpoints = Array.from({ length: 30 }, (_, index) => finding('endpoint', `shop GET /${index}`));
    scene.runTo(20 * MINUTE_MS, (atMs) => endpoints.filter((_, index) => atMs >= index * 2 * SECOND_MS));
    const [first, update, ...rest] = scene.messages();
    expect(first).toMatchObject({ kind: 'firing', alerts: { length: 6 }, omitted: 0 });
    expect(first?.title).toBe('shop GET /0 is down and 5 more');
    expect(update).toMatchObject({ kind: 'update', alerts: { length: 10 }, omitted: 20 });
    expect((update?.atMs ?? 0) - (first?.atMs ?? 0)).toBe(5 * MINUTE_MS);
    expect(rest).toEqual([]);
  });

  it('of one subject are one, and flapping adds nothing', () => {
    const scene = open(COARSE);
    const flapping = finding('endpoint', ENDPOINT.subject.name, {
      rule: 'watcher/flapping',
      severity: 'critical',
    });
    const slow = finding('endpoint', ENDPOINT.subject.name, { rule: 'watcher/slow', severity: 'medium' });
    scene.runTo(HOUR_MS, (atMs) => (atMs < MINUTE_MS ? [ENDPOINT] : [ENDPOINT, flapping, slow]));
    expect(scene.messages()).toHaveLength(1);
  });

  it('are told at once when they become critical, and in due time when they become worse', () => {
    const scene = open();
    const withSeverity = (severity: Finding['severity']) => [{ ...ENDPOINT, severity }];
    scene.runTo(MINUTE_MS, () => withSeverity('medium'));
    scene.runTo(2 * MINUTE_MS, () => withSeverity('high'));
    expect(scene.messages()).toHaveLength(1);
    scene.runTo(7 * MINUTE_MS, () => withSeverity('high'));
    expect(scene.messages().map(({ severity }) => severity)).toEqual(['medium', 'high']);
    scene.runTo(7 * MINUTE_MS + SECOND_MS, () => withSeverity('critical'));
    scene.runTo(HOUR_MS, (atMs) => withSeverity(atMs % 60_000 < 30_000 ? 'medium' : 'critical'));
    expect(scene.messages().map(({ kind, severity }) => `${kind} ${severity}`)).toEqual([
      'firing medium',
      'update high',
      'update critical',
    ]);
  });
});

describe('a flapping target', () => {
  it.each([10, 20, 30, 45, 60, 90, 120, 180, 240].map((seconds) => ({ seconds })))(
    'is told at most twice in 30 minutes of $seconds s each way',
    ({ seconds }) => {
      const scene = open(COARSE);
      scene.runTo(HOUR_MS, (atMs) => {
        const down = Math.floor(atMs / (seconds * SECOND_MS)) % 2 === 0;
        return down && atMs < 30 * MINUTE_MS ? [ENDPOINT] : [];
      });
      expect(scene.messages().map(({ kind }) => kind)).toEqual(['firing', 'resolved']);
    },
  );
});

describe('a restart', () => {
  const dependencies = [{ name: 'gateway' }, { name: 'payment', behind: ['gateway'], neededBy: ['shop'] }];
  const cast = [finding('dependency', 'gateway'), PAYMENT, ENDPOINT, finding('endpoint', 'shop GET /')];
  /** When each fails, in half minutes. */
  const script = fc.array(
    fc.record({
      who: fc.integer({ min: 0, max: cast.length - 1 }),
      from: fc.integer({ min: 0, max: 60 }),
      length: fc.integer({ min: 1, max: 30 }),
      severity: fc.constantFrom<Finding['severity']>('medium', 'high', 'critical'),
    }),
    { maxLength: 8 },
  );

  it('at any moment changes no message, and neither do many', () => {
    fc.assert(
      fc.property(
        script,
        fc.array(fc.integer({ min: 0, max: 2_700 }), { minLength: 1, maxLength: 5 }),
        (parts, cuts) => {
          const holds = (atMs: number): Finding[] =>
            cast.flatMap((each, who) => {
              const at = atMs / (30 * SECOND_MS);
              const part = parts.find(
                (one) => one.who === who && at >= one.from && at < one.from + one.length,
              );
              return part ? [{ ...each, severity: part.severity }] : [];
            });
          const settings = { reminder: '12m' };
          const stage = { settings, dependencies, ...COARSE };
          const told: unknown[] = [];
          const forgetful = createForgetfulStore();
          const alerts: Store['alerts'] = {
            ...forgetful.alerts,
            commit(change) {
              told.push(...change.messages.map(({ message }) => message));
              forgetful.alerts.commit(change);
            },
          };
          const straight = openScene({ store: { ...forgetful, alerts }, ...stage });
          straight.runTo(45 * MINUTE_MS, holds);

          const broken = openScene({ store: stores.open(), ...stage });
          for (const cut of cuts.toSorted((a, b) => a - b)) {
            broken.runTo(cut * SECOND_MS, holds);
            broken.restart();
          }
          broken.runTo(45 * MINUTE_MS, holds);
          expect(broken.messages()).toEqual(told);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('ends nothing before its monitor has looked again', () => {
    const scene = open();
    scene.runTo(MINUTE_MS, () => [ENDPOINT]);
    scene.restart();
    for (let tick = 0; tick < 3; tick += 1) scene.alerting.tick();
    expect(scene.alert(ENDPOINT.subject.name)).toMatchObject({ state: 'firing', clearedAtMs: null });
    scene.runTo(10 * MINUTE_MS, () => [ENDPOINT]);
    expect(scene.messages()).toHaveLength(1);
  });
});
