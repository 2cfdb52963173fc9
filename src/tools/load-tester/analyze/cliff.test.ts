import { describe, expect, it } from 'vitest';
import { RULES } from '../rules.ts';
import { assessLoad } from './assess.ts';
import { crowdedEndpoint } from './crowded.ts';
import { found, levelRecord, processOf, situationOf } from './load-fixture.ts';
import { closedLevels } from './situation.ts';

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
