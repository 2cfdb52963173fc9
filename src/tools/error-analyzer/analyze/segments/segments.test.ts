import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LogLevel } from '../../../../core/log/level.ts';
import { createRedactor } from '../../../../core/redact.ts';
import { addAttributes } from './attributes.ts';
import { encodeSegment } from './codec.ts';
import { addCount } from './counts.ts';
import {
  addDistinct,
  createDistinct,
  distinctCount,
  distinctDocument,
  distinctOf,
  mergeDistinct,
} from './distinct.ts';
import { addField } from './fields.ts';
import { addRelease, takeTitle } from './groups.ts';
import { rankOf } from './hash.ts';
import { mergeSegments } from './merge.ts';
import { spanOf } from './queries.ts';
import { addSample } from './samples.ts';
import { createSegment, fitSegment, groupIn } from './segment.ts';
import { createTimeline, segmentAt, takeSegments, fitTimeline } from './timeline.ts';
import { addTrace } from './traces.ts';
import type { SegmentDocument } from './types.ts';
import { windowOf } from './window.ts';
import { HOUR_MS, MINUTE_MS } from '../minutes.ts';

const T0 = 494_444 * HOUR_MS;
const redact = createRedactor([]);

interface Told {
  group: number;
  isError: boolean;
  second: number;
  place: number;
  host: number;
  user: number;
  level: number;
}

const told: fc.Arbitrary<Told> = fc.record({
  group: fc.nat(6),
  isError: fc.boolean(),
  second: fc.nat(3_599),
  place: fc.nat(1_000_000),
  host: fc.nat(90),
  user: fc.nat(400),
  level: fc.nat(6),
});

function segmentOf(records: readonly Told[]): SegmentDocument {
  const segment = createSegment(T0, HOUR_MS);
  for (const { group, isError, second, place, host, user, level } of records) {
    const atMs = T0 + second * 1_000;
    const rank = rankOf(1, place, atMs);
    const id = `m${String(group).padStart(12, '0')}`;
    const minute = Math.floor(atMs / MINUTE_MS);
    const identity = {
      id,
      kind: 'message' as const,
      shape: null,
      title: `title ${place % 3}`,
      culprit: null,
    };
    const tally = groupIn(segment, identity, isError);
    addCount(segment.records, minute, 1);
    if (tally === null) continue;
    takeTitle(tally, { ...identity, firstMs: atMs });
    tally.firstMs = Math.min(tally.firstMs, atMs);
    tally.lastMs = Math.max(tally.lastMs, atMs);
    tally.level = Math.max(tally.level, level) as LogLevel;
    addCount(tally.minutes, minute, 1);
    const fields = { host: `web-${host}` };
    const text = Buffer.from(`record ${place} at ${second}`);
    addSample(tally.samples, {
      rank,
      atMs,
      timeless: false,
      level: level as LogLevel,
      text,
      fields,
      stream: 'a',
    });
    if (tally.details === null) continue;
    addCount(segment.errors, minute, 1);
    addDistinct(tally.details.users, `user ${user}`);
    addField(tally.details.fields, 'host', fields.host);
    addField(tally.details.fields, `field ${host % 20}`, 'x');
    addRelease(tally.details.releases, `1.${host}`, atMs);
    segment.attributes += addAttributes(tally.details.attributes, { rank, atMs, fields });
    addTrace(segment.traces, `trace ${user}`, { group: id, service: null, atMs, rank });
    fitSegment(segment);
  }
  return encodeSegment(segment, redact);
}

/** One record stands at one place. */
const records = fc.uniqueArray(told, {
  selector: ({ place, second }) => `${place} ${second}`,
  maxLength: 400,
});

describe('a segment', () => {
  it('is the same in whatever order and pieces its records come', () => {
    fc.assert(
      fc.property(records, fc.nat(), fc.nat(), (all, one, two) => {
        const [from, to] = [one % (all.length + 1), two % (all.length + 1)].toSorted((a, b) => a - b) as [
          number,
          number,
        ];
        const parts = [all.slice(0, from), all.slice(from, to), all.slice(to)].map(segmentOf) as [
          SegmentDocument,
          SegmentDocument,
          SegmentDocument,
        ];
        const whole = JSON.stringify(segmentOf(all));
        const [a, b, c] = parts;
        expect(JSON.stringify(segmentOf(all.toReversed()))).toBe(whole);
        expect(JSON.stringify(mergeSegments(mergeSegments(a, b), c))).toBe(whole);
        expect(JSON.stringify(mergeSegments(c, mergeSegments(b, a)))).toBe(whole);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps what it holds through JSON', () => {
    fc.assert(
      fc.property(records, (all) => {
        const document = segmentOf(all);
        const again = JSON.parse(JSON.stringify(document)) as SegmentDocument;
        expect(JSON.stringify(mergeSegments(again, segmentOf([])))).toBe(JSON.stringify(document));
      }),
      { numRuns: 30 },
    );
  });

  it('keeps fewer attributes of more groups, whatever the order', () => {
    const all: Told[] = Array.from({ length: 6_000 }, (_, place) => ({
      group: place % 120,
      isError: true,
      second: (place * 7) % 3_600,
      place,
      host: place % 5,
      user: place % 300,
      level: 5,
    }));
    const whole = segmentOf(all);
    const halves = mergeSegments(segmentOf(all.slice(0, 1_500)), segmentOf(all.slice(1_500)));
    expect(JSON.stringify(halves)).toBe(JSON.stringify(whole));
    const kept = whole.groups.reduce(
      (sum, { details }) => sum + (details?.attributes.entries.length ?? 0),
      0,
    );
    expect(kept).toBeGreaterThan(500);
    expect(kept).toBeLessThanOrEqual(2_048);
  });

  it('counts what is past the cap of groups', () => {
    const all: Told[] = Array.from({ length: 7_000 }, (_, place) => ({
      group: place,
      isError: true,
      second: place % 3_600,
      place,
      host: 0,
      user: 0,
      level: 5,
    }));
    const whole = segmentOf(all);
    const merged = mergeSegments(segmentOf(all.slice(5_000)), segmentOf(all.slice(0, 5_000)));
    expect(merged.groups.map(({ id }) => id)).toEqual(whole.groups.map(({ id }) => id));
    expect(whole.groups).toHaveLength(4_096);
    const grouped = merged.groups.flatMap(({ minutes }) => minutes.filter((_, at) => at % 2 === 1));
    const over = merged.overflow.records.filter((_, at) => at % 2 === 1);
    expect([...grouped, ...over].reduce((sum, count) => sum + count, 0)).toBe(7_000);
  });
});

describe('distinct values', () => {
  it('are exact while few and within a tenth when many', () => {
    const distinct = createDistinct();
    for (let value = 0; value < 200; value += 1) addDistinct(distinct, `user ${value}`);
    expect(distinctCount(distinct)).toBe(200);
    for (let value = 0; value < 50_000; value += 1) addDistinct(distinct, `user ${value}`);
    expect(Math.abs(distinctCount(distinct) - 50_000)).toBeLessThan(5_000);
  });

  it('merge to the same registers, whichever was a set', () => {
    const fill = (from: number, to: number) => {
      const distinct = createDistinct();
      for (let value = from; value < to; value += 1) addDistinct(distinct, String(value));
      return distinct;
    };
    const merged = fill(0, 200);
    mergeDistinct(merged, distinctOf(distinctDocument(fill(150, 900))));
    expect(distinctDocument(merged)).toEqual(distinctDocument(fill(0, 900)));
  });
});

describe('a timeline', () => {
  it('grows wider with the number of its segments, whatever came first', () => {
    const hours = Array.from({ length: 130 }, (_, hour) => hour);
    const starts = (order: readonly number[]) => {
      const timeline = createTimeline();
      for (const hour of order) {
        addCount(segmentAt(timeline, T0 + hour * HOUR_MS).records, (T0 + hour * HOUR_MS) / MINUTE_MS, 1);
        fitTimeline(timeline);
      }
      return takeSegments(timeline, redact).map(({ startMs, widthMs, records: counted }) => [
        startMs,
        widthMs,
        counted,
      ]);
    };
    const inOrder = starts(hours);
    expect(inOrder[0]?.[1]).toBe(6 * HOUR_MS);
    expect(starts(hours.toReversed())).toEqual(inOrder);
  });
});

describe('a window', () => {
  const one: Told = { group: 1, isError: true, second: 0, place: 1, host: 1, user: 1, level: 5 };

  it('cuts counts to its range and merges groups by their edges', () => {
    const document = segmentOf([
      one,
      { ...one, place: 2, second: 600 },
      { ...one, place: 3, second: 900, group: 2 },
      { ...one, place: 4, second: 3_000, isError: false, group: 3 },
    ]);
    const reason = { kind: 'varying-word', position: 1, distinct: 6, needed: 5 } as const;
    const edges = [{ child: '0000000000020000', parent: '0000000000010000', reason }];
    const window = windowOf([document], { fromMs: T0 + 600_000, toMs: T0 + HOUR_MS }, edges);
    expect(window.groups.map(({ id, count, merged }) => [id, count, merged.length])).toEqual([
      ['m000000000001', 2, 1],
      ['m000000000003', 1, 0],
    ]);
    expect(window.groups[0]).toMatchObject({
      firstMs: T0 + 600_000,
      lastMs: T0 + 900_000,
      users: 1,
      hosts: 1,
    });
    expect(window.records.reduce((sum, [, count]) => sum + count, 0)).toBe(3);
    expect(window.attributes.every(({ weight }) => weight >= 1)).toBe(true);
    expect(window.blindMinutes).toContain(Math.floor(T0 / MINUTE_MS) + 11);
  });

  it('spans what its segments hold', () => {
    expect(spanOf([segmentOf([])])).toBeNull();
    expect(spanOf([segmentOf([one, { ...one, second: 125, place: 9 }])])).toEqual({
      fromMs: T0,
      toMs: T0 + 3 * MINUTE_MS,
    });
  });
});
