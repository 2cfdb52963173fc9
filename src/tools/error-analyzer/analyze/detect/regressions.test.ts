import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ErrorGroup, GroupHistory } from '../model.ts';
import { detect } from './detect.ts';
import { releaseAt, releaseOrder } from './releases.ts';
import { FROM, groupOf, historyOf, inputOf, minutesOf, NOON, windowOf } from './test-fixture.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../minutes.ts';

const RELEASES = [
  { name: '2.3.0', atMs: NOON - 9 * DAY_MS },
  { name: '2.4.0', atMs: NOON - 2 * DAY_MS },
  { name: '2.4.1', atMs: NOON - 2 * HOUR_MS },
];
const MINUTES = minutesOf((minute) => (minute >= 300 ? 1 : 0));
const LAST_MS = NOON - 30_000;

function seenOn(releases: readonly string[], more: Partial<ErrorGroup> = {}): ErrorGroup {
  const samples = releases.map((release, index) => ({
    atMs: LAST_MS - index * MINUTE_MS,
    level: 'error' as const,
    text: 'boom',
    fields: { release },
    stream: 'app',
  }));
  return groupOf('m1', MINUTES, { samples, releases, ...more });
}

function told(group: ErrorGroup, state: Partial<GroupHistory>): string[] {
  const history = historyOf('m1', () => 0, { state: 'resolved', stateAtMs: NOON - DAY_MS, ...state });
  return detect(inputOf([group], [history], { releases: RELEASES })).map(
    ({ kind, confidence }) => `${kind} ${confidence}`,
  );
}

describe('resolved errors', () => {
  it('are back on the release of the fix and on newer ones, never on older ones', () => {
    expect(told(seenOn(['2.4.1']), { resolvedIn: '2.4.0' })).toEqual(['regressed proven']);
    expect(told(seenOn(['2.4.0']), { resolvedIn: '2.4.0' })).toEqual(['regressed proven']);
    expect(told(seenOn(['2.3.0']), { resolvedIn: '2.4.0' })).toEqual([]);
    expect(told(seenOn(['2.3.0', '2.4.1']), { resolvedIn: '2.4.0' })).toEqual(['regressed proven']);
  });

  it('are only possibly back where the release is unknown, or the fix names none and the build is the same', () => {
    expect(told(groupOf('m1', MINUTES), { resolvedIn: '2.4.0' })).toEqual(['regressed possible']);
    expect(told(seenOn(['f00ba4']), { resolvedIn: '2.4.0' })).toEqual(['regressed possible']);
    expect(told(seenOn(['2.4.0']), {})).toEqual(['regressed possible']);
    expect(told(seenOn(['2.4.1']), {})).toEqual(['regressed likely']);
    expect(told(seenOn(['2.3.0']), {})).toEqual([]);
  });

  it('are not back by what was under way when they were resolved', () => {
    expect(told(seenOn(['2.4.0']), { stateAtMs: LAST_MS - 2 * MINUTE_MS })).toEqual([]);
    expect(told(groupOf('m1', MINUTES), { stateAtMs: LAST_MS - 2 * MINUTE_MS })).toEqual([]);
    expect(told(seenOn(['2.4.1']), { stateAtMs: LAST_MS + 1 })).toEqual([]);
  });

  it('count from the first record on a build with the fix', () => {
    const group = seenOn(['2.3.0']);
    const atMs = NOON - 20 * MINUTE_MS;
    const attributes = [{ atMs, weight: 1, group: 'm1', fields: { release: '2.4.1' } }];
    const history = historyOf('m1', () => 0, { state: 'resolved', stateAtMs: FROM, resolvedIn: '2.4.0' });
    const window = windowOf([group], { attributes });
    const input = inputOf([group], [history], { releases: RELEASES, window });
    expect(detect(input)[0]).toMatchObject({ kind: 'regressed', sinceMs: atMs, count: 20 });
  });

  it('are silent on any old build, whatever else is deployed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 30 }), (old, newer) => {
        expect(told(seenOn([`1.${old}.0`]), { resolvedIn: `1.${old + newer}.0` })).toEqual([]);
      }),
    );
  });
});

describe('order of releases', () => {
  const order = releaseOrder([
    { name: 'b', atMs: 1 },
    { name: 'a', atMs: 2 },
    { name: 'b', atMs: 3 },
  ]);

  it('is that of first deployment: going back makes no build newer', () => {
    expect(order('a', 'b')).toBeGreaterThan(0);
    expect(order('b', 'b')).toBe(0);
    expect(order('b', 'c')).toBeNull();
  });

  it('is that of versions where deployments are not known (Semantic Versioning, section 11)', () => {
    const rising = [
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      'v1.0.10',
    ];
    for (const [index, version] of rising.entries()) {
      for (const earlier of rising.slice(0, index)) {
        expect(order(version, earlier)).toBeGreaterThan(0);
        expect(order(earlier, version)).toBeLessThan(0);
      }
    }
    expect(order('shop@1.2.0', 'shop@1.10.0')).toBeLessThan(0);
    expect(order('shop@1.2.0', 'cart@1.10.0')).toBeNull();
  });

  it('says what was deployed last at a time', () => {
    expect(releaseAt(RELEASES, NOON - DAY_MS)).toBe('2.4.0');
    expect(releaseAt(RELEASES, 0)).toBeNull();
  });
});
