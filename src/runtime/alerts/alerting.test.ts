import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../core/finding.ts';
import type { Store } from '../../store/store.ts';
import { temporaryStores } from '../../store/store-fixture.ts';
import { createForgetfulStore } from '../forgetful-store.ts';
import {
  finding,
  HOUR_MS,
  MINUTE_MS,
  openScene,
  SECOND_MS,
  type SceneOptions,
  T0,
} from './alerting-fixture.ts';

const stores = temporaryStores();
afterAll(() => stores.removeAll());

const PAYMENT = finding('dependency', 'payment', {
  title: 'payment is down: accepts connections and never answers',
});
const ENDPOINT = finding('endpoint', 'shop GET /api/orders');

/** Where nothing depends on the second. */
const COARSE = { stepMs: 5 * SECOND_MS };

const open = (options: Partial<SceneOptions> = {}) => openScene({ store: stores.open(), ...options });

/** The same findings from a time until a time. */
const between =
  (fromMs: number, untilMs: number, findings: readonly Finding[]) =>
  (atMs: number): readonly Finding[] =>
    atMs >= fromMs && atMs < untilMs ? findings : [];

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

describe('a gateway with 30 children', () => {
  const children = Array.from({ length: 30 }, (_, index) => `child-${index}`);
  const gateway = finding('dependency', 'gateway');
  const family = [gateway, ...children.map((name) => finding('dependency', name))];
  const dependencies = [{ name: 'gateway' }, ...children.map((name) => ({ name, behind: ['gateway'] }))];

  it('is one message and its end, whichever fails and recovers first', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 31, maxLength: 31 }),
        fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 31, maxLength: 31 }),
        (failsAfter, recoversAfter) => {
          const scene = openScene({ store: stores.open(), dependencies });
          scene.runTo(17 * MINUTE_MS, (atMs) =>
            family.filter(
              (_, index) =>
                atMs >= MINUTE_MS + (failsAfter[index] ?? 0) * SECOND_MS &&
                atMs < 10 * MINUTE_MS + (recoversAfter[index] ?? 0) * SECOND_MS,
            ),
          );
          expect(scene.messages().map(({ kind, group }) => `${kind} ${group}`)).toEqual([
            'firing dependency gateway',
            'resolved dependency gateway',
          ]);
          expect(scene.store.alerts.list({ resolvedSinceMs: T0 })).toHaveLength(31);
        },
      ),
      { numRuns: 3 },
    );
  });

  it('names what is down because of it', () => {
    const scene = open({ dependencies });
    scene.runTo(MINUTE_MS, () => family);
    expect(scene.messages()).toMatchObject([
      {
        title: 'gateway is down (30 dependencies need it)',
        affected: { length: 30 },
        affectedOmitted: 0,
      },
    ]);
    expect(scene.alert('child-7')?.suppression).toEqual({ kind: 'cause', by: 'gateway' });
  });

  it('lets a child speak that stays down when the gateway is well', () => {
    const scene = open({ dependencies });
    scene.runTo(5 * MINUTE_MS, () => family);
    scene.runTo(20 * MINUTE_MS, () => family.slice(1, 2));
    expect(scene.messages().map(({ kind, group }) => `${kind} ${group}`)).toEqual([
      'firing dependency gateway',
      'resolved dependency gateway',
      'firing dependency child-0',
    ]);
  });
});

describe('causes', () => {
  it('are followed to their root, over endpoints and circles', () => {
    const scene = open({
      dependencies: [
        { name: 'gateway' },
        { name: 'payment', behind: ['gateway'], neededBy: ['/api/orders'] },
        { name: 'left', behind: ['right'] },
        { name: 'right', behind: ['left'] },
      ],
    });
    scene.runTo(MINUTE_MS, (atMs) => [
      ENDPOINT,
      PAYMENT,
      finding('dependency', 'gateway'),
      finding('dependency', 'right'),
      ...(atMs > 5 * SECOND_MS ? [finding('dependency', 'left')] : []),
    ]);
    expect(
      scene
        .messages()
        .map(({ group }) => group)
        .toSorted(),
    ).toEqual(['dependency gateway', 'dependency right']);
    expect(scene.messages()[0]).toMatchObject({
      group: 'dependency gateway',
      title: 'gateway is down (1 endpoint and 1 dependency need it)',
      affected: ['payment', 'shop GET /api/orders'],
    });
    expect(scene.alert('left')?.suppression).toEqual({ kind: 'cause', by: 'right' });
  });

  it('are no mild findings, and no certificates', () => {
    const scene = open({ dependencies: [{ name: 'payment', neededBy: ['shop'] }] });
    scene.runTo(MINUTE_MS, () => [
      ENDPOINT,
      { ...PAYMENT, severity: 'medium' as const },
      finding('certificate', 'payment', { rule: 'watcher/certificate', severity: 'critical' }),
    ]);
    expect(scene.messages().map(({ group }) => group)).toEqual(['dependency payment', 'target shop']);
  });
});

describe('silences and maintenance', () => {
  const silence = { kind: 'silence', subjects: ['shop'], reason: 'known' } as const;

  it('keep alerts quiet, and what still fires at their end is told then', () => {
    const scene = open();
    const toMs = T0 + 10 * MINUTE_MS;
    scene.store.windows.add({ id: 'silence-1', fromMs: T0, toMs, ...silence });
    scene.runTo(9 * MINUTE_MS, () => [ENDPOINT, PAYMENT]);
    expect(scene.messages().map(({ group }) => group)).toEqual(['dependency payment']);
    expect(scene.alert(ENDPOINT.subject.name)).toMatchObject({
      state: 'firing',
      suppression: { kind: 'silence', by: 'silence-1' },
    });
    scene.runTo(11 * MINUTE_MS, () => [ENDPOINT, PAYMENT]);
    expect(scene.messages()[1]).toMatchObject({ kind: 'firing', group: 'target shop', atMs: toMs });
  });

  it('end early, and say nothing of what is over by then', () => {
    const scene = open();
    scene.store.windows.add({ id: 'silence-1', fromMs: T0, toMs: T0 + HOUR_MS, ...silence });
    scene.runTo(5 * MINUTE_MS, () => [ENDPOINT]);
    scene.store.windows.end('silence-1', T0 + 5 * MINUTE_MS);
    scene.runTo(20 * MINUTE_MS, () => []);
    expect(scene.messages()).toEqual([]);
  });

  it('do not keep back the end of what was told', () => {
    const scene = open(COARSE);
    scene.runTo(MINUTE_MS, () => [ENDPOINT]);
    scene.store.windows.add({ id: 'silence-1', fromMs: T0, toMs: T0 + 9 * HOUR_MS, ...silence });
    scene.runTo(5 * HOUR_MS, () => [ENDPOINT]);
    scene.runTo(6 * HOUR_MS, () => []);
    expect(scene.messages().map(({ kind }) => kind)).toEqual(['firing', 'resolved']);
  });

  it('are planned in local time, and added by hand', () => {
    const daily = { name: 'nightly', from: '13:02', to: '13:05', timeZone: 'Europe/Berlin' };
    const scene = open({ planned: [{ ...daily, subjects: ['shop'] }] });
    const work = { id: 'm-1', kind: 'maintenance', reason: 'upgrade', subjects: ['payment'] } as const;
    scene.store.windows.add({ ...work, fromMs: T0, toMs: T0 + HOUR_MS });
    scene.runTo(4 * MINUTE_MS, between(2 * MINUTE_MS, HOUR_MS, [ENDPOINT, PAYMENT]));
    expect(scene.messages()).toEqual([]);
    expect(scene.alerting.alerts().map(({ suppression }) => suppression)).toEqual([
      { kind: 'maintenance', by: 'nightly' },
      { kind: 'maintenance', by: 'upgrade' },
    ]);
    scene.runTo(6 * MINUTE_MS, () => [ENDPOINT, PAYMENT]);
    expect(scene.messages()).toMatchObject([{ group: 'target shop', atMs: T0 + 5 * MINUTE_MS }]);
  });
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
