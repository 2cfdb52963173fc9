import { describe, expect, it } from 'vitest';
import { randomInteger, seededRandom } from '../../../core/statistics/random.ts';
import { RULES } from '../rules.ts';
import { assessLoad } from './assess.ts';
import { calmOf, found, processOf, recordOf, seconds, situationOf, sliceOf } from './load-fixture.ts';
import { exceedsShare } from './share-test.ts';
import { assessStalls } from './stalls.ts';
import { judgeThreshold, parseThreshold } from './thresholds.ts';

describe('a healthy server', () => {
  it('gives no finding above info, whatever the machine does for a second', () => {
    const random = seededRandom(3);
    for (let run = 0; run < 50; run += 1) {
      const bad = randomInteger(random, 20);
      const slices = seconds(20, (second) =>
        sliceOf(second, [
          { latencies: second === bad ? { 10: 60, 900: 40 } : { [8 + randomInteger(random, 8)]: 98, 60: 2 } },
        ]),
      );
      expect(found(situationOf(recordOf(slices), { calm: calmOf([{ latencies: { 10: 100 } }]) }))).toEqual(
        [],
      );
    }
  });

  it('says nothing at all when the generator was the limit', () => {
    const record = recordOf(
      seconds(10, (second) => sliceOf(second, [{ latencies: { 900: 100 } }], { busy: 1 })),
    );
    const { findings, checked, notChecked } = assessLoad(situationOf(record));
    expect({ findings, checked }).toEqual({ findings: [], checked: [] });
    expect(notChecked[0]?.reason).toContain('the generator was the limit');
  });
});

describe('thresholds of a run whose generator was the limit', () => {
  const unfit = (failed: Record<string, number>, ...texts: string[]) => {
    const record = recordOf(
      seconds(10, (second) => sliceOf(second, [{ latencies: { 900: 100 }, failed }], { busy: 1 })),
    );
    const thresholds = texts.map((text) => judgeThreshold(parseThreshold(text), record.slices));
    return situationOf(record, { thresholds });
  };

  it('fail where lateness explains nothing: without samples, and by errors', () => {
    expect(found(unfit({}, 'GET /nothing:p95<1s', 'p95<200ms', 'rate>500'))).toEqual([
      'high threshold-crossed GET /nothing',
    ]);
    expect(found(unfit({ 'status-5xx': 20 }, 'errors<1%'))).toEqual(['high threshold-crossed shop']);
    expect(found(unfit({ check: 20 }, 'checks>99%'))).toEqual(['high threshold-crossed shop']);
  });

  it('say nothing where it may: times, rates, drops and deadlines', () => {
    const situation = unfit({ timeout: 20 }, 'p95<200ms', 'rate>500', 'lag:p99<0.1ms', 'errors<1%');
    expect(situation.thresholds.every(({ holds }) => !holds)).toBe(true);
    expect(found(situation)).toEqual([]);
  });
});

describe('objectives', () => {
  it('are missed by what is slow second after second', () => {
    const record = recordOf(
      seconds(10, (second) =>
        sliceOf(second, [{ name: 'GET /slow', latencies: { 20: 80, 500: 20 } }, { latencies: { 5: 100 } }]),
      ),
    );
    const situation = situationOf(record);
    expect(found(situation)).toEqual(['high slo-missed GET /slow']);
    expect(assessLoad(situation).checked.filter(({ rule }) => rule === RULES.sloMissed)).toHaveLength(2);
  });

  it('are missed by what fails, and by what was dropped', () => {
    const failing = recordOf(
      seconds(10, (second) => sliceOf(second, [{ latencies: { 20: 100 }, failed: { 'status-5xx': 5 } }])),
    );
    expect(found(situationOf(failing))).toContain('high slo-missed GET /');
    const dropping = recordOf(
      seconds(10, (second) => sliceOf(second, [{ latencies: { 20: 80 }, censored: { 0: 20 } }])),
    );
    expect(found(situationOf(dropping))).toContain('high slo-missed GET /');
  });

  it('are not judged by a handful of requests', () => {
    const { notChecked, checked } = assessLoad(
      situationOf(recordOf(seconds(5, (second) => sliceOf(second, [{ latencies: { 900: 4 } }])))),
    );
    expect(checked.filter(({ rule }) => rule === RULES.sloMissed)).toEqual([]);
    expect(notChecked.flatMap(({ rules }) => rules ?? [])).toContain(RULES.sloMissed.id);
  });

  it('alarm rarely at the limit itself, also when slices resemble each other', () => {
    const random = seededRandom(5);
    let alarms = 0;
    for (let run = 0; run < 400; run += 1) {
      const slices = Array.from({ length: 20 }, () => {
        // Half of the seconds are twice as bad, the others good: 5 % over all.
        const share = random() < 0.5 ? 0.1 : 0;
        const hits = Array.from({ length: 200 }).filter(() => random() < share).length;
        return { hits, total: 200 };
      });
      if (exceedsShare(slices, 0.05) < 0.001) alarms += 1;
    }
    expect(alarms).toBeLessThanOrEqual(4);
  });
});

describe('errors under concurrency', () => {
  const calm = calmOf([{ name: 'POST /carts', latencies: { 5: 40 } }]);
  const record = (failed: Record<string, number>, body: string | null) =>
    recordOf(
      seconds(10, (second) => sliceOf(second, [{ name: 'POST /carts', latencies: { 5: 500 }, failed }])),
      {
        exemplars: [
          {
            endpoint: 'POST /carts',
            atMs: 1,
            responseMs: 5,
            serviceMs: 5,
            status: 500,
            failure: 'status-5xx',
            traceId: null,
            detail: null,
            body,
          },
        ],
      },
    );

  it('are named by what the server says, also where they are rare', () => {
    const situation = situationOf(
      record({ 'status-5xx': 2 }, 'error: duplicate key value violates unique constraint "carts_pkey"'),
      { calm },
    );
    const [finding] = assessLoad(situation).findings;
    expect(finding).toMatchObject({ rule: RULES.errorsUnderConcurrency.id, severity: 'high' });
    expect(finding?.title).toContain('a unique violation');
    expect(finding?.evidence.some(({ sample }) => sample?.includes('duplicate key') === true)).toBe(true);
  });

  it('need proof by numbers where nobody names a cause', () => {
    expect(found(situationOf(record({ 'status-5xx': 2 }, 'boom'), { calm }))).toEqual([]);
    const often = situationOf(record({ 'status-5xx': 150 }, 'boom'), { calm });
    expect(found(often)).toContain('high errors-under-concurrency POST /carts');
  });

  it('are no matter of concurrency when one at a time fails as well, or when the server only says "not now"', () => {
    const failingCalm = calmOf([{ name: 'POST /carts', latencies: { 5: 40 }, failed: { 'status-5xx': 1 } }]);
    const both = situationOf(record({ 'status-5xx': 3 }, 'duplicate key'), { calm: failingCalm });
    expect(found(both)).toEqual([]);
    expect(found(situationOf(record({ 'status-429': 200 }, null), { calm })).join()).not.toContain(
      'errors-under-concurrency',
    );
  });
});

describe('the server beside', () => {
  it('keeps its memory, or does not', () => {
    const record = (bytes: (second: number) => number) =>
      recordOf(
        seconds(40, (second) => sliceOf(second, [{ latencies: { 5: 100 } }])),
        { beside: processOf(40, 0.3, bytes) },
      );
    const noise = (second: number) => (second % 3) * 4e6;
    expect(found(situationOf(record((second) => 9e7 + 2e6 * second + noise(second))))).toEqual([
      'high memory-growth shop',
    ]);
    // Fills up, then swings.
    expect(found(situationOf(record((second) => 9e7 + 5e6 * Math.min(second, 10) + noise(second))))).toEqual(
      [],
    );
  });

  it('falls silent again and again, or once', () => {
    const silences = [2_000, 4_000, 6_000].map((fromMs) => ({ fromMs, toMs: fromMs + 400, inFlight: 40 }));
    const slices = seconds(10, (second) => sliceOf(second, [{ latencies: { 5: 100 } }]));
    expect(found(situationOf(recordOf(slices, { silences })))).toEqual(['high stalls shop']);
    const twice = situationOf(recordOf(slices, { silences: silences.slice(0, 2) }));
    expect(found(twice)).toEqual([]);
    // Two are no finding, and no reason to say that there is nothing.
    expect(assessStalls(twice)).toMatchObject({ checked: [], notChecked: [{ subject: { name: 'shop' } }] });
    const once = situationOf(recordOf(slices, { silences: silences.slice(0, 1) }));
    expect(assessStalls(once).checked).toHaveLength(1);
    const machine = seconds(10, (second) => sliceOf(second, [])).map(({ atMs }) => ({ atMs, idle: 0.01 }));
    const crowded = recordOf(slices, {
      silences,
      beside: { process: null, scraped: null, machine, events: [] },
    });
    expect(found(situationOf(crowded))).toEqual(['info stalls shop']);
    // Users who began together come back together.
    const slow = recordOf(
      seconds(10, (second) => sliceOf(second, [{ latencies: { 180: 100 } }])),
      { silences: silences.map((one) => ({ ...one, toMs: one.fromMs + 200 })) },
    );
    expect(found(situationOf(slow)).filter((text) => text.includes('stalls'))).toEqual([]);
  });

  it('closes connections that it was asked to keep', () => {
    const slices = (closedByServer: number) =>
      seconds(10, (second) =>
        sliceOf(second, [{ latencies: { 5: 100 } }], { closedByServer, opened: closedByServer }),
      );
    expect(found(situationOf(recordOf(slices(98))))).toEqual(['medium connections-not-reused shop']);
    expect(found(situationOf(recordOf(slices(1))))).toEqual([]);
    expect(found(situationOf(recordOf(slices(98)), { keepAlive: false }))).toEqual([]);
  });

  it('lets quick endpoints wait behind a slow one', () => {
    const calm = calmOf([
      { name: 'GET /report', latencies: { 600: 25 } },
      { name: 'GET /quick', latencies: { 3: 25 } },
    ]);
    const loaded = (quickMs: number, reportMs: number) =>
      recordOf(
        seconds(20, (second) =>
          sliceOf(second, [
            { name: 'GET /report', latencies: { [reportMs]: 5 } },
            { name: 'GET /quick', latencies: { [quickMs]: 5 } },
          ]),
        ),
      );
    const unfair = (quickMs: number, reportMs: number) =>
      found(situationOf(loaded(quickMs, reportMs), { calm })).filter((text) => text.includes('unfair'));
    expect(unfair(420, 700)).toEqual(['medium unfair-endpoint GET /report']);
    expect(unfair(8, 700)).toEqual([]);
    expect(unfair(420, 6_000)).toEqual([]);
  });
});
