import { describe, expect, it } from 'vitest';
import { randomInteger, seededRandom } from '../../../core/statistics/random.ts';
import { RULES } from '../rules.ts';
import { assessLoad } from './assess.ts';
import { found, recordOf, seconds, situationOf, sliceOf } from './load-fixture.ts';

describe('an open rate', () => {
  it('is not sustained when sessions are dropped', () => {
    const record = recordOf(
      seconds(10, (second) =>
        sliceOf(second, [{ latencies: { 20: 100 } }], {
          sessions: { asked: 110, begun: 100, dropped: 10, ended: 100 },
        }),
      ),
    );
    expect(found(situationOf(record))).toEqual([
      'high rate-not-sustained shop',
      'high throughput-below-target shop',
    ]);
  });

  it('is not sustained when what waits keeps growing, and is when a pause drains', () => {
    const growing = recordOf(
      seconds(20, (second) => sliceOf(second, [{ latencies: { 20: 100 } }], { queued: 30 * second })),
    );
    expect(found(situationOf(growing))).toEqual(['high rate-not-sustained shop']);
    const pause = recordOf(
      seconds(20, (second) =>
        sliceOf(second, [{ latencies: { 20: 100 } }], { queued: second === 10 ? 120 : 0 }),
      ),
    );
    expect(found(situationOf(pause))).toEqual([]);
  });
});

describe('an open rate over a few seconds', () => {
  /** 1,000 sessions a second, and so many of them answered; what is left waits. */
  const short = (
    count: number,
    answered: (second: number) => number,
    { dropped = 0, connections = 50 } = {},
  ) => {
    let waiting = 0;
    let queued = 0;
    const slices = seconds(count, (second) => {
      const ended = Math.min(answered(second), 1_000 + waiting);
      waiting += 1_000 - ended;
      const inFlight = Math.min(waiting, connections);
      const begun = 1_000 - (waiting - inFlight - queued);
      queued = waiting - inFlight;
      return sliceOf(second, [{ latencies: { 100: ended }, sent: begun }], {
        sessions: { asked: 1_000, begun, dropped: 0, ended },
        inFlight,
        queued,
        targetRate: 1_000,
      });
    });
    const record = recordOf(slices, { plan: { targetRequestRate: 1_000 } });
    const { total } = record;
    return { ...record, total: { ...total, sessions: { ...total.sessions, dropped } } };
  };

  it('is not reached when the queue grows in each second', () => {
    for (const [count, connections] of [
      [3, 50],
      [5, 50],
      [7, 50],
      [5, 1_000],
    ] as const) {
      const situation = situationOf(short(count, () => 465, { connections }));
      expect(found(situation).filter((text) => !text.includes('slo-missed'))).toEqual([
        'high rate-not-sustained shop',
        'high throughput-below-target shop',
      ]);
      const titles = assessLoad(situation).findings.map(({ title }) => title);
      expect(titles.join()).toContain('answers 465 requests/s well of 1,000 asked for');
    }
  });

  it('is reached by a server that connects slowly, pauses, or is only just quick enough', () => {
    const random = seededRandom(9);
    for (let run = 0; run < 200; run += 1) {
      const pause = randomInteger(random, 5);
      expect(found(situationOf(short(5, (second) => (second === 0 ? 300 : 3_000))))).toEqual([]);
      expect(found(situationOf(short(5, (second) => (second === pause ? 200 : 1_500))))).toEqual([]);
      expect(found(situationOf(short(5, () => 960 + randomInteger(random, 80))))).toEqual([]);
    }
  });

  it('is reached by a server whose requests take seconds', () => {
    for (const count of [3, 5]) {
      const slow = short(count, (second) => (second < 2 ? 0 : 1_000), { connections: 5_000 });
      expect(found(situationOf(slow)).filter((text) => !text.includes('slo-missed'))).toEqual([]);
    }
  });

  it('is not reached when sessions still wait after the drain', () => {
    const situation = situationOf(short(2, () => 100, { dropped: 1_400 }));
    expect(found(situation)).toContain('high rate-not-sustained shop');
    expect(
      assessLoad(situation)
        .findings.map(({ title }) => title)
        .join(),
    ).toContain('1400 sessions still waited 4 s after its end');
    // What is interrupted drops its queue at once.
    const stopped = { ...short(2, () => 100, { dropped: 1_400 }), stopReason: 'interrupted' as const };
    expect(found(situationOf(stopped))).not.toContain('high rate-not-sustained shop');
  });

  it('is not judged by two seconds of a queue', () => {
    const { notChecked, checked } = assessLoad(situationOf(short(2, () => 465)));
    expect(checked.map(({ rule }) => rule)).not.toContain(RULES.rateNotSustained);
    expect(notChecked.flatMap(({ rules }) => rules ?? [])).toContain(RULES.rateNotSustained.id);
  });
});
