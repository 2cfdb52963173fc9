import { describe as group, expect, it } from 'vitest';
import type { Origin } from '../../_shared/database/origin.ts';
import type { UnitCall } from '../../_shared/database/unit-call.ts';
import { type Describe, findRepeats } from './repeats.ts';

const ORIGIN: Origin = {
  endpoint: 'GET /orders',
  file: 'src/orders.ts:12',
  application: 'shop',
  traceId: 't1',
  source: 'span',
};

/** Stands in for the parser: statements are their own keys, and `by id` marks a look-up. */
const describe: Describe = (statement) =>
  statement.startsWith('FETCH')
    ? null
    : { shape: { key: statement, label: statement }, isLookup: statement.includes('by id') };

function call(statement: string, startMs: number, more: Partial<UnitCall> = {}): UnitCall {
  return {
    unit: 'u1',
    statement,
    identity: null,
    startMs,
    endMs: startMs + 1,
    failed: false,
    rows: null,
    origin: ORIGIN,
    ...more,
  };
}

const lookups = (count: number, from: number, more: Partial<UnitCall> = {}): UnitCall[] =>
  Array.from({ length: count }, (_, index) => call('user by id', from + 2 * index, more));

group('findRepeats', () => {
  it('finds a look-up for each row of a list, with the route and both texts', () => {
    const calls = ['u1', 'u2'].flatMap((unit) => [
      call('orders', 0, { unit, rows: 25 }),
      ...lookups(25, 10, { unit }),
    ]);
    expect(findRepeats(calls, describe)).toEqual([
      {
        shape: { key: 'user by id', label: 'user by id' },
        statement: 'user by id',
        parent: { statement: 'orders', label: 'orders' },
        units: 2,
        unitsSeen: 2,
        callsPerUnit: 25,
        calls: 50,
        totalMs: 50,
        timeShare: 50 / 52,
        rowsMatch: true,
        origins: [ORIGIN],
      },
    ]);
  });

  it('finds two patterns that are mixed and run at the same time, whatever stands between', () => {
    const calls = ['u1', 'u2'].flatMap((unit) => [
      call('orders', 0, { unit }),
      ...Array.from({ length: 8 }, (_, index) => [
        call('user by id', 5, { unit }),
        call('other', 5 + index, { unit, statement: index === 0 ? 'config' : 'FETCH 10 FROM c' }),
        call('item by id', 5, { unit }),
      ]).flat(),
    ]);
    const found = findRepeats(calls, describe);
    expect(found.map(({ shape }) => shape.key)).toEqual(['item by id', 'user by id']);
    expect(found.map(({ parent }) => parent?.label)).toEqual(['orders', 'orders']);
  });

  it('is silent about fetches from a cursor, retries and the same question again', () => {
    const fetches = Array.from({ length: 20 }, (_, index) => call('FETCH 10 FROM c', index));
    const retries = lookups(20, 0, { failed: true });
    const same = lookups(20, 0, { identity: '42' });
    for (const calls of [fetches, retries, same]) expect(findRepeats(calls, describe)).toEqual([]);
  });

  it('is silent about a look-up that many units make once, and about few in one unit', () => {
    const spread = Array.from({ length: 500 }, (_, index) =>
      call('user by id', index, { unit: `u${index}`, identity: String(index) }),
    );
    expect(findRepeats(spread, describe)).toEqual([]);
    expect(findRepeats([call('orders', 0), ...lookups(4, 10)], describe)).toEqual([]);
    expect(findRepeats([call('orders', 0), ...lookups(9, 10)], describe)).toEqual([]);
    expect(findRepeats([call('orders', 0), ...lookups(10, 10)], describe)).toHaveLength(1);
  });

  it('is silent about what repeats and is no look-up by a key', () => {
    const inserts = Array.from({ length: 50 }, (_, index) => call('insert into log', index));
    expect(findRepeats(inserts, describe)).toEqual([]);
  });
});
