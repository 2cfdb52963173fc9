import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detect } from './detect.ts';
import { FROM, groupOf, historyOf, inputOf, minutesOf, NOON, windowOf } from './test-fixture.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../minutes.ts';

/** Now and then one, as Poisson's would be, without chance. */
const steady = (perHour: number) => (minute: number) =>
  Math.floor(((minute + 1) * perHour) / 60) - Math.floor((minute * perHour) / 60);

const kindsOf = (input: Parameters<typeof detect>[0]): string[] =>
  detect(input).map(({ kind, group, confidence }) => `${group} ${kind} ${confidence}`);

describe('new errors', () => {
  const thrice = minutesOf((minute) => (minute === 100 || minute === 180 || minute === 300 ? 1 : 0));

  it('are told after three records, with five weeks of past', () => {
    const [detection] = detect(inputOf([groupOf('m1', thrice)], []));
    expect(detection).toMatchObject({
      kind: 'new',
      confidence: 'proven',
      count: 3,
      sinceMs: FROM + 100 * MINUTE_MS,
    });
  });

  it('are only possible while seen once, unless the process ended', () => {
    const once = minutesOf((minute) => (minute === 100 ? 1 : 0));
    expect(kindsOf(inputOf([groupOf('m1', once), groupOf('m2', once, { level: 'fatal' })], []))).toEqual([
      'm1 new possible',
      'm2 new likely',
    ]);
  });

  it('need a past', () => {
    expect(kindsOf(inputOf([groupOf('m1', thrice)], [], { historyFromMs: null }))).toEqual([]);
    expect(kindsOf(inputOf([groupOf('m1', thrice)], [], { historyFromMs: FROM + 90 * MINUTE_MS }))).toEqual(
      [],
    );
    expect(kindsOf(inputOf([groupOf('m1', thrice)], [], { historyFromMs: FROM }))).toEqual([
      'm1 new possible',
    ]);
  });

  it('need little of it when they are so steady that chance can hardly have hidden them', () => {
    const sinceMs = FROM + 300 * MINUTE_MS;
    const busy = groupOf(
      'm1',
      minutesOf((minute) => (minute >= 300 ? 12 : 0)),
    );
    const past = (minutes: number) => ({ historyFromMs: sinceMs - minutes * MINUTE_MS });
    expect(kindsOf(inputOf([busy], [], past(5)))).toEqual(['m1 new possible']);
    expect(kindsOf(inputOf([busy], [], past(90)))).toEqual(['m1 new likely']);
    expect(detect(inputOf([busy], [], past(1))).map(({ kind }) => kind)).not.toContain('new');
    expect(kindsOf(inputOf([groupOf('m1', thrice)], [], past(5)))).toEqual([]);
  });

  it('are no merges of known ones, and no messages without failure', () => {
    const merged = groupOf('m1', thrice, { merged: [{ id: 'm0', reason: 'a word varies' }] });
    const info = groupOf('m2', thrice, { isError: false, level: 'info' });
    expect(kindsOf(inputOf([merged, info], [historyOf('m0', () => 0)]))).toEqual([]);
  });
});

describe('spikes', () => {
  const known = historyOf('m1', () => 30);

  it('are told in their second minute', () => {
    const group = groupOf(
      'm1',
      minutesOf((minute) => (minute >= 358 ? 12 : steady(30)(minute))),
    );
    const [detection] = detect(inputOf([group], [known]));
    expect(detection).toMatchObject({
      kind: 'spiking',
      sinceMs: NOON - 2 * MINUTE_MS,
      untilMs: null,
      count: 24,
    });
    expect(detection?.expected).toBeCloseTo(1, 0);
    expect(detection?.because).toContain('24 within 2m from 2026-06-10 11:58');
    expect(detection?.because).toContain('the same hours of 5 weeks');
  });

  it('are silent where the same hour of other weeks has as many', () => {
    const noon = (NOON - HOUR_MS) / HOUR_MS;
    const weekly = historyOf('m1', (hour) => ((noon - hour) % 168 === 0 ? 900 : 30));
    const group = groupOf(
      'm1',
      minutesOf((minute) => (minute >= 300 ? 15 : steady(30)(minute))),
    );
    expect(kindsOf(inputOf([group], [weekly]))).toEqual([]);
    expect(kindsOf(inputOf([group], [known]))).toEqual(['m1 spiking proven']);
  });

  it('are excused by as much more traffic', () => {
    const busy = (minute: number): number => (minute >= 300 ? 6 : 1);
    const group = groupOf(
      'm1',
      minutesOf((minute) => 2 * busy(minute)),
    );
    const records = minutesOf((minute) => 1_000 * busy(minute));
    const recordHours = historyOf('', () => 60_000).hours;
    const input = inputOf([group], [historyOf('m1', () => 120)], { recordHours });
    expect(kindsOf(input)).toEqual(['m1 spiking proven']);
    expect(kindsOf({ ...input, window: windowOf([group], { records }) })).toEqual([]);
  });

  it('are silent where the hours between were never read', () => {
    // One day a week: what is missing in between is unknown, not none.
    const isRead = (hour: number): boolean => Math.floor((FROM / HOUR_MS - hour - 1) / 24) % 7 === 6;
    const history = historyOf('m1', (hour) => (isRead(hour) ? 600 : 0));
    const recordHours = historyOf('', (hour) => (isRead(hour) ? 60_000 : 0)).hours;
    const group = groupOf(
      'm1',
      minutesOf(() => 10),
    );
    expect(kindsOf(inputOf([group], [history], { recordHours }))).toEqual([]);
    const fresh = groupOf(
      'm2',
      minutesOf((minute) => (minute > 350 ? 1 : 0)),
    );
    expect(kindsOf(inputOf([fresh], [], { recordHours: recordHours.slice(0, 30) }))).toEqual([
      'm2 new likely',
    ]);
  });

  it('are silent where a young error has as many as in its first day', () => {
    const young = historyOf('m1', (hour) => (hour >= FROM / HOUR_MS - 24 ? 600 : 0), {
      firstSeenMs: FROM - DAY_MS,
    });
    const group = groupOf(
      'm1',
      minutesOf((minute) => (minute >= 300 ? 10 : 0)),
    );
    expect(kindsOf(inputOf([group], [young]))).toEqual([]);
    expect(kindsOf(inputOf([group], [{ ...young, hours: [] }]))).toEqual(['m1 spiking likely']);
  });

  it('are silent for a nightly job that reports all at once, a little later than usual', () => {
    const hour = FROM / HOUR_MS + 2;
    const job = historyOf('m1', (at) => ((hour - at) % 24 === 0 ? 200 : 0));
    const group = groupOf(
      'm1',
      minutesOf((minute) => (minute === 185 ? 210 : 0)),
    );
    expect(kindsOf(inputOf([group], [job]))).toEqual([]);
  });

  it('are told once each, the newest first, when a group has two', () => {
    const group = groupOf(
      'm1',
      minutesOf((minute) => ([60, 61, 62, 300, 301, 302].includes(minute) ? 40 : steady(30)(minute))),
    );
    const told = detect(inputOf([group], [known]));
    expect(told.map(({ sinceMs }) => (sinceMs - FROM) / MINUTE_MS)).toEqual([300, 60]);
  });

  it('are found without any past, beside the rest of the window', () => {
    const group = groupOf(
      'm1',
      minutesOf((minute) => (minute >= 340 ? 20 : steady(30)(minute))),
    );
    const [detection] = detect(inputOf([group], [], { historyFromMs: null }));
    expect(detection).toMatchObject({
      kind: 'spiking',
      sinceMs: FROM + 340 * MINUTE_MS,
      confidence: 'likely',
    });
    expect(detection?.because).toContain('the rest of the window');
  });

  it('have adjusted p-values between 0 and 1, and a begin within the window, for any counts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 360, maxLength: 360 }),
        fc.integer({ min: 0, max: 400 }),
        (counts, perHour) => {
          const group = groupOf(
            'm1',
            minutesOf((minute) => counts[minute] ?? 0),
          );
          for (const { pValue, sinceMs, count } of detect(
            inputOf([group], [historyOf('m1', () => perHour)]),
          )) {
            expect(pValue).toBeGreaterThanOrEqual(0);
            expect(pValue).toBeLessThanOrEqual(0.01);
            expect(sinceMs).toBeGreaterThanOrEqual(FROM);
            expect(count).toBeGreaterThanOrEqual(10);
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('rises and silences', () => {
  it('tells a rise that lasts although no minute of it stands out', () => {
    const group = groupOf(
      'm1',
      minutesOf((minute) => steady(minute >= 120 ? 170 : 60)(minute)),
    );
    expect(kindsOf(inputOf([group], [historyOf('m1', () => 60)]))).toEqual(['m1 escalating proven']);
  });

  it('tells that a steady error stopped, while records go on', () => {
    const group = groupOf(
      'm1',
      minutesOf((minute) => (minute < 240 ? steady(60)(minute) : 0)),
    );
    const input = inputOf([group], [historyOf('m1', () => 60)]);
    expect(detect(input)[0]).toMatchObject({ kind: 'disappeared', count: 0, sinceMs: group.lastMs });
    const records = minutesOf((minute) => (minute < 245 ? 1_000 : 0));
    expect(detect({ ...input, window: windowOf([group], { records }) })).toEqual([]);
    const blindMinutes = Array.from({ length: 118 }, (_, minute) => FROM / MINUTE_MS + 241 + minute);
    expect(detect({ ...input, window: windowOf([group], { blindMinutes }) })).toEqual([]);
  });

  it('takes silence of most of them for silence of the source', () => {
    const ids = ['m1', 'm2', 'm3'];
    const groups = ids.map((id) =>
      groupOf(
        id,
        minutesOf((minute) => (minute < 240 ? 1 : 0)),
      ),
    );
    expect(
      detect(
        inputOf(
          groups,
          ids.map((id) => historyOf(id, () => 60)),
        ),
      ),
    ).toEqual([]);
  });
});

describe('ignored errors', () => {
  const loud = groupOf(
    'm1',
    minutesOf((minute) => (minute >= 340 ? 30 : 0)),
  );
  const ignored = { state: 'ignored', stateAtMs: FROM - DAY_MS } as const;

  it('are silent for good, and until a time', () => {
    expect(kindsOf(inputOf([loud], [historyOf('m1', () => 1, ignored)]))).toEqual([]);
    const until = { ...ignored, ignoredUntilMs: NOON + 1 };
    expect(kindsOf(inputOf([loud], [historyOf('m1', () => 1, until)]))).toEqual([]);
    const expired = { ...ignored, ignoredUntilMs: NOON - 1 };
    expect(kindsOf(inputOf([loud], [historyOf('m1', () => 1, expired)]))).toEqual(['m1 spiking proven']);
  });

  it('are told when they exceed their rate', () => {
    const below = { ...ignored, ignoredUntilPerHour: 600 };
    expect(kindsOf(inputOf([loud], [historyOf('m1', () => 1, below)]))).toEqual([]);
    const above = { ...ignored, ignoredUntilPerHour: 599 };
    expect(detect(inputOf([loud], [historyOf('m1', () => 1, above)]))[0]).toMatchObject({
      kind: 'escalating',
      sinceMs: FROM + 340 * MINUTE_MS,
      count: 600,
      expected: 599,
    });
  });
});
