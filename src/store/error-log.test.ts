import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { GroupSighting, LogFold, StreamCheckpoint } from './error-log-store.ts';
import { openStore } from './open.ts';
import { DEFAULT_RETENTION, temporaryStores } from './store-fixture.ts';

const stores = temporaryStores();
afterEach(() => stores.removeAll());

const HOUR_MS = 3_600_000;
const T0 = 494_444 * HOUR_MS;

function sighting(id: string, more: Partial<GroupSighting> = {}): GroupSighting {
  return {
    id,
    kind: 'message',
    title: `title of ${id}`,
    culprit: null,
    level: 'error',
    releases: [],
    firstMs: T0,
    lastMs: T0 + 10,
    hours: [[494_444, 2]],
    ...more,
  };
}

function fold(more: Partial<LogFold>): LogFold {
  return {
    segments: [],
    merge: (stored, added) => [...(stored as unknown[]), ...(added as unknown[])],
    groups: [],
    recordHours: [],
    edges: [],
    checkpoints: [],
    nowMs: T0,
    ...more,
  };
}

const at = (atByte: number): StreamCheckpoint => ({ stream: 'app.log', document: { atByte } });

describe('a fold of logs', () => {
  it('adds to segments of the same hour and keeps others apart', () => {
    const { errorLog } = stores.open();
    const hour = { startMs: T0, widthMs: HOUR_MS };
    errorLog.fold(fold({ segments: [{ ...hour, document: ['a'] }] }));
    errorLog.fold(
      fold({
        segments: [
          { ...hour, document: ['b'] },
          { ...hour, startMs: T0 + HOUR_MS, document: ['c'] },
        ],
      }),
    );
    expect(errorLog.segments({ fromMs: T0, toMs: T0 + 1 })).toEqual([{ ...hour, document: ['a', 'b'] }]);
    expect(errorLog.segments({ fromMs: T0, toMs: T0 + 2 * HOUR_MS })).toHaveLength(2);
    expect(errorLog.segments({ fromMs: T0 + HOUR_MS, toMs: T0 + HOUR_MS })).toEqual([]);
  });

  it('changes nothing when another process has read the stream on', () => {
    const path = join(stores.folder(), 'store.db');
    const one = openStore({ path, retention: DEFAULT_RETENTION });
    const other = openStore({ path, retention: DEFAULT_RETENTION });
    expect(one.errorLog.fold(fold({ checkpoints: [{ before: null, after: at(10) }] }))).toBe(true);
    const late = fold({ groups: [sighting('m1')], checkpoints: [{ before: null, after: at(10) }] });
    expect(other.errorLog.fold(late)).toBe(false);
    expect(other.errorLog.groups()).toEqual([]);
    expect(other.errorLog.fold(fold({ checkpoints: [{ before: at(10), after: at(20) }] }))).toBe(true);
    expect(one.errorLog.checkpoints()).toEqual([at(20)]);
    one.close();
    other.close();
  });

  it('is taken whole or not at all', () => {
    const { errorLog } = stores.open();
    errorLog.fold(fold({ segments: [{ startMs: T0, widthMs: HOUR_MS, document: ['a'] }] }));
    const broken = fold({
      segments: [{ startMs: T0, widthMs: HOUR_MS, document: ['b'] }],
      groups: [sighting('m1')],
      merge: () => {
        throw new Error('a segment of another version');
      },
    });
    expect(() => errorLog.fold(broken)).toThrow('another version');
    expect(errorLog.groups()).toEqual([]);
  });
});

describe('groups of errors', () => {
  it('keep their first title, the worst level, all releases, and count on', () => {
    const { errorLog } = stores.open();
    const later = { title: 'another', firstMs: T0 - 5, lastMs: T0 + 99, releases: ['2', '1'] } as const;
    errorLog.fold(fold({ groups: [sighting('m1', { level: 'fatal', releases: ['1'] })] }));
    errorLog.fold(fold({ groups: [sighting('m1', { ...later, hours: [[494_445, 3]] })] }));
    expect(errorLog.group('m1')).toEqual({
      id: 'm1',
      kind: 'message',
      culprit: null,
      title: 'title of m1',
      level: 'fatal',
      releases: ['1', '2'],
      firstSeenMs: T0 - 5,
      lastSeenMs: T0 + 99,
      total: 5,
      mark: null,
    });
    expect(errorLog.knownSinceMs()).toBe(T0);
    errorLog.fold(
      fold({
        recordHours: [
          [494_440, 7],
          [494_444, 1],
        ],
      }),
    );
    errorLog.fold(fold({ recordHours: [[494_444, 2]] }));
    expect(errorLog.knownSinceMs()).toBe(T0 - 4 * HOUR_MS);
    expect(errorLog.recordHours({ fromMs: T0, toMs: T0 + 1 })).toEqual([[494_444, 3]]);
    expect(errorLog.hours({ fromMs: T0, toMs: T0 + HOUR_MS })).toEqual(new Map([['m1', [[494_444, 2]]]]));
  });

  it('are found by an unambiguous beginning of their id', () => {
    const { errorLog } = stores.open();
    errorLog.fold(fold({ groups: [sighting('mabc'), sighting('mabd')] }));
    expect(errorLog.group('mabd')?.id).toBe('mabd');
    expect(errorLog.group('mabc')?.id).toBe('mabc');
    expect(errorLog.group('mab')).toBeUndefined();
    expect(errorLog.group('x')).toBeUndefined();
  });

  it('keep what a person said of them, whatever is read afterwards', () => {
    const { errorLog } = stores.open();
    errorLog.fold(fold({ groups: [sighting('m1')] }));
    const resolved = {
      state: 'resolved',
      atMs: T0,
      release: '1.2',
      untilMs: null,
      untilPerHour: null,
      note: null,
    } as const;
    expect(errorLog.mark('m1', resolved)).toBe(true);
    errorLog.fold(fold({ groups: [sighting('m1')] }));
    expect(errorLog.group('m1')?.mark).toEqual(resolved);
    expect(errorLog.mark('m1', null)).toBe(true);
    expect(errorLog.group('m1')?.mark).toBeNull();
    expect(errorLog.mark('m2', null)).toBe(false);
  });

  it('have one parent for good', () => {
    const { errorLog } = stores.open();
    errorLog.fold(fold({ edges: [{ child: 'm2', parent: 'm1', reason: { kind: 'absorbed' } }] }));
    errorLog.fold(fold({ edges: [{ child: 'm2', parent: 'm3', reason: { kind: 'absorbed' } }] }));
    expect(errorLog.edges()).toEqual([{ child: 'm2', parent: 'm1', reason: { kind: 'absorbed' } }]);
  });

  it('lose their hours after those of aggregates, and segments after those of minutes', () => {
    const store = stores.open();
    const segments = [{ startMs: T0, widthMs: HOUR_MS, document: [] }];
    store.errorLog.fold(fold({ segments, groups: [sighting('m1')] }));
    store.maintain(T0 + 15 * 24 * HOUR_MS);
    expect(store.errorLog.segments({ fromMs: 0, toMs: T0 * 2 })).toEqual([]);
    expect(store.errorLog.knownSinceMs()).toBe(T0);
    store.maintain(T0 + 402 * 24 * HOUR_MS);
    expect(store.errorLog.knownSinceMs()).toBeNull();
    expect(store.errorLog.group('m1')?.total).toBe(2);
  });
});
