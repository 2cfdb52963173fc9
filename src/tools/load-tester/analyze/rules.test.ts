import { describe, expect, it } from 'vitest';
import { randomInteger, seededRandom } from '../../../core/statistics/random.ts';
import { RULES } from '../rules.ts';
import { assessLoad } from './assess.ts';
import { crowdedEndpoint } from './crowded.ts';
import {
  type EndpointTemplate,
  levelRecord,
  processOf,
  recordOf,
  seconds,
  situationOf,
  sliceOf,
} from './load-fixture.ts';
import { exceedsShare } from './share-test.ts';
import { closedLevels, type Situation } from './situation.ts';
import { judgeThreshold, parseThreshold } from './thresholds.ts';

const found = (situation: Situation) =>
  assessLoad(situation).findings.map(
    ({ rule, severity, subject }) => `${severity} ${rule.replace('load-tester/', '')} ${subject.name}`,
  );

const calmOf = (endpoints: EndpointTemplate[]) => sliceOf(0, endpoints, { users: 1, targetRate: null });

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

describe('steps of users', () => {
  const steps = (processor: number | null) => {
    const beside = processor === null ? undefined : processOf(6, processor);
    return [
      levelRecord(1, 4, [{ latencies: { 40: 25 } }], beside),
      levelRecord(8, 4, [{ latencies: { 80: 100 } }], beside),
      levelRecord(32, 4, [{ latencies: { 320: 101 } }], beside),
    ];
  };
  const cliffOf = (records: ReturnType<typeof steps>) =>
    found(situationOf(records.at(-1)!, {}, records)).filter((text) => !text.includes('slo-missed'));

  it('show a pool where the server has processor to spare, and only tell where it has none or nobody knows', () => {
    expect(cliffOf(steps(0.1))).toContain('medium latency-cliff GET /');
    expect(cliffOf(steps(0.95))).toContain('info latency-cliff GET /');
    expect(cliffOf(steps(null))).toContain('info latency-cliff GET /');
    const records = steps(0.1);
    const [finding] = assessLoad(situationOf(records[2]!, {}, records)).findings.filter(
      ({ rule }) => rule === RULES.latencyCliff.id,
    );
    expect(finding?.title).toContain('about 4 places');
  });

  it('show one place at one endpoint as a lock, while others go on', () => {
    const other = { name: 'GET /quick', latencies: { 2: 30 } };
    const beside = processOf(6, 0.1);
    const records = [
      levelRecord(1, 4, [{ name: 'POST /orders', latencies: { 30: 20 } }, other], beside),
      levelRecord(4, 4, [{ name: 'POST /orders', latencies: { 120: 33 } }, other], beside),
      levelRecord(16, 4, [{ name: 'POST /orders', latencies: { 480: 33 } }, other], beside),
    ];
    expect(cliffOf(records)).toContain('high serialised-endpoint POST /orders');
  });

  it('name the endpoint that stands out in a mix, for load on it alone', () => {
    const mix = (users: number, accounts: number, others: number) =>
      levelRecord(users, 4, [
        { name: 'GET /accounts', latencies: { [accounts]: 16 } },
        { name: 'GET /products', latencies: { [others]: 100 } },
        { name: 'GET /orders', latencies: { [others + 1]: 100 } },
      ]);
    expect(crowdedEndpoint(closedLevels([mix(1, 125, 4), mix(16, 380, 20)]))).toBe('GET /accounts');
    expect(crowdedEndpoint(closedLevels([mix(1, 125, 4), mix(16, 150, 20)]))).toBeNull();
    expect(crowdedEndpoint(closedLevels([mix(1, 125, 4), mix(16, 380, 120)]))).toBeNull();
    expect(crowdedEndpoint(closedLevels([mix(16, 380, 20)]))).toBeNull();
  });

  it('find in load on one endpoint what the mix hid', () => {
    const beside = processOf(6, 0.2);
    const accounts = (users: number, ms: number) =>
      levelRecord(users, 4, [{ name: 'GET /accounts', latencies: { [ms]: 16 } }], beside);
    const others = { name: 'GET /products', latencies: { 10: 100 } };
    const mix = [1, 4, 16].map((users) =>
      levelRecord(users, 4, [
        { name: 'GET /accounts', latencies: { 125: 8 } },
        { ...others, latencies: { 10: 90 * users } },
      ]),
    );
    const alone = closedLevels([accounts(4, 250), accounts(16, 1_000)]);
    const situation = { ...situationOf(mix.at(-1)!, {}, mix), alone };
    expect(found(situation)).toContain('medium latency-cliff GET /accounts');
    expect(found({ ...situation, alone: [] })).not.toContain('medium latency-cliff GET /accounts');
  });

  it('show nothing while throughput grows', () => {
    const beside = processOf(6, 0.1);
    const records = [1, 4, 16].map((users) =>
      levelRecord(users, 4, [{ latencies: { 40: 25 * users } }], beside),
    );
    expect(cliffOf(records)).toEqual([]);
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
    expect(found(situationOf(recordOf(slices, { silences: silences.slice(0, 2) })))).toEqual([]);
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
