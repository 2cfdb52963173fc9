import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTimeZone, type MaintenancePlan, occurrences } from './maintenance.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

function plan(over: Partial<MaintenancePlan>): MaintenancePlan {
  return { name: 'backup', from: '02:30', to: '03:15', timeZone: 'Europe/Berlin', subjects: [], ...over };
}

/** Begin and end of each window that begins or ends on a day of UTC. */
function windowsOn(day: string, over: Partial<MaintenancePlan>): [from: string, to: string][] {
  const fromMs = Date.parse(`${day}T00:00:00Z`);
  return occurrences(plan(over), { fromMs, toMs: fromMs + DAY_MS }).map((window) => [
    new Date(window.fromMs).toISOString().slice(0, 16),
    new Date(window.toMs).toISOString().slice(0, 16),
  ]);
}

describe('occurrences', () => {
  it('follow the wall clock in winter and in summer', () => {
    expect(windowsOn('2026-01-15', {})).toEqual([['2026-01-15T01:30', '2026-01-15T02:15']]);
    expect(windowsOn('2026-07-15', {})).toEqual([['2026-07-15T00:30', '2026-07-15T01:15']]);
  });

  it('begin with the first moment there is, where the clocks skip their beginning', () => {
    // Berlin goes from 02:00 to 03:00 on 29 March 2026 at 01:00 UTC.
    expect(windowsOn('2026-03-29', {})).toEqual([['2026-03-29T01:00', '2026-03-29T01:15']]);
  });

  it('end with the change, where the clocks skip their end', () => {
    expect(windowsOn('2026-03-29', { from: '01:30', to: '02:30', days: ['sun'] })).toEqual([
      ['2026-03-29T00:30', '2026-03-29T01:00'],
    ]);
  });

  it('are none where the clocks skip all of them', () => {
    expect(windowsOn('2026-03-29', { from: '02:10', to: '02:50' })).toEqual([]);
  });

  it('go from the first beginning to the last end, where an hour comes twice', () => {
    // Berlin goes from 03:00 back to 02:00 on 25 October 2026 at 01:00 UTC.
    expect(windowsOn('2026-10-25', {})).toEqual([['2026-10-25T00:30', '2026-10-25T02:15']]);
    expect(windowsOn('2026-10-25', { from: '02:10', to: '02:50' })).toEqual([
      ['2026-10-25T00:10', '2026-10-25T01:50'],
    ]);
  });

  it('go on across midnight, and on the day they begin', () => {
    const nightly = { from: '23:30', to: '00:30', timeZone: 'UTC' };
    expect(windowsOn('2026-11-22', nightly)).toEqual([
      ['2026-11-21T23:30', '2026-11-22T00:30'],
      ['2026-11-22T23:30', '2026-11-23T00:30'],
    ]);
    // 22 November 2026 is a Sunday.
    expect(windowsOn('2026-11-22', { ...nightly, days: ['sat'] })).toEqual([
      ['2026-11-21T23:30', '2026-11-22T00:30'],
    ]);
    expect(windowsOn('2026-11-22', { ...nightly, days: ['mon'] })).toEqual([]);
  });

  it('last a day when they end as they begin', () => {
    expect(windowsOn('2026-11-22', { from: '00:00', to: '00:00', timeZone: 'UTC' })).toEqual([
      ['2026-11-22T00:00', '2026-11-23T00:00'],
    ]);
  });

  it('know zones of half hours, half an hour of summer time, and a day that never was', () => {
    expect(windowsOn('2026-06-01', { timeZone: 'Asia/Kathmandu' })).toEqual([
      ['2026-06-01T20:45', '2026-06-01T21:30'],
    ]);
    // Lord Howe goes from 02:00 to 02:30 on 4 October 2026.
    expect(windowsOn('2026-10-03', { from: '02:10', to: '02:40', timeZone: 'Australia/Lord_Howe' })).toEqual([
      ['2026-10-03T15:30', '2026-10-03T15:40'],
    ]);
    // Samoa went from 29 to 31 December 2011.
    const samoa = { fromMs: Date.parse('2011-12-29T11:00Z'), toMs: Date.parse('2011-12-31T09:00Z') };
    expect(
      occurrences(plan({ timeZone: 'Pacific/Apia' }), samoa).map(({ fromMs }) =>
        new Date(fromMs).toISOString(),
      ),
    ).toEqual(['2011-12-29T12:30:00.000Z', '2011-12-30T12:30:00.000Z']);
  });

  it('overlap the range and no more', () => {
    const [window] = occurrences(plan({}), {
      fromMs: Date.parse('2026-01-15T00:00Z'),
      toMs: Date.parse('2026-01-16T00:00Z'),
    });
    const { fromMs = 0, toMs = 0 } = window ?? {};
    expect(occurrences(plan({}), { fromMs: fromMs - 10, toMs: fromMs })).toEqual([]);
    expect(occurrences(plan({}), { fromMs: toMs, toMs: toMs + 10 })).toEqual([]);
    expect(occurrences(plan({}), { fromMs: toMs - 1, toMs })).toEqual([window]);
    expect(occurrences(plan({}), { fromMs, toMs: fromMs + 1 })).toEqual([window]);
  });

  it('cover exactly the moments at which the clocks of the zone show a time within', () => {
    const zone = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'America/St_Johns',
      'Australia/Lord_Howe',
      'Pacific/Chatham',
      'Asia/Tehran',
      'Africa/Casablanca',
    );
    const minute = fc.integer({ min: 0, max: 24 * 60 - 1 });
    const around = (day: string) => {
      const dayMs = Date.parse(`${day}T00:00Z`);
      return fc.integer({ min: dayMs - DAY_MS, max: dayMs + 2 * DAY_MS });
    };
    const moment = fc.oneof(
      fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2028, 0, 1) }),
      // Berlin and Chatham, then New York and St. John's, change their clocks.
      ...['2026-03-29', '2026-10-25', '2026-04-05', '2026-03-08', '2026-11-01'].map(around),
    );
    fc.assert(
      fc.property(zone, minute, minute, moment, (timeZone, from, to, atMs) => {
        fc.pre(from !== to);
        const each = plan({ from: timeOf(from), to: timeOf(to), timeZone });
        const covered = occurrences(each, { fromMs: atMs, toMs: atMs + 1 }).length > 0;
        const shown = minutesShown(timeZone, atMs);
        const within = from < to ? from <= shown && shown < to : shown >= from || shown < to;
        // Near a change an hour comes twice, and the second pass belongs to the window all the same.
        const steady = minutesShown(timeZone, atMs + 6 * 60 * MINUTE_MS) === (shown + 360) % 1_440;
        const wasSteady = minutesShown(timeZone, atMs - 6 * 60 * MINUTE_MS) === (shown + 1_080) % 1_440;
        expect(covered).toBe(within || (covered && !(steady && wasSteady)));
      }),
      { numRuns: 400 },
    );
  });

  it('come in order and do not overlap', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Europe/Berlin', 'America/Santiago', 'Australia/Lord_Howe'),
        fc.integer({ min: 0, max: 1_439 }),
        fc.integer({ min: 1, max: 1_200 }),
        (timeZone, from, minutes) => {
          const each = plan({ from: timeOf(from), to: timeOf((from + minutes) % 1_440), timeZone });
          const windows = occurrences(each, {
            fromMs: Date.UTC(2026, 0, 1),
            toMs: Date.UTC(2027, 0, 1),
          });
          expect(windows.length).toBeGreaterThanOrEqual(364);
          for (const [index, window] of windows.entries()) {
            expect(window.toMs).toBeGreaterThan(window.fromMs);
            expect(window.fromMs).toBeGreaterThanOrEqual(windows[index - 1]?.toMs ?? 0);
          }
        },
      ),
      { numRuns: 10 },
    );
  });

  it('need a zone that exists', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('Europe/Atlantis')).toBe(false);
    expect(() => occurrences(plan({ timeZone: 'Mars/Olympus' }), { fromMs: 0, toMs: 1 })).toThrow(RangeError);
  });
});

function timeOf(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

function minutesShown(timeZone: string, atMs: number): number {
  const [hour = 0, minute = 0] = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
  })
    .format(atMs)
    .split(':')
    .map(Number);
  return hour * 60 + minute;
}
