import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryStores } from '../../store/store-fixture.ts';
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
