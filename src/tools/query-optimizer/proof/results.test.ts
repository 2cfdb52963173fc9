import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindValues, parameterNumbers } from './bind.ts';
import { resultOrder } from './result-order.ts';
import { digestOf, sameResult } from './results.ts';
import { catalogOf, tableOf } from './workload-fixture.ts';

const CATALOG = catalogOf(tableOf('orders', { id: 'bigint!', total: 'numeric', created_at: 'timestamptz!' }));

describe('what a query decides about its result', () => {
  it.each([
    ['SELECT * FROM orders', { keys: [], openRows: false, openValues: false }],
    ['SELECT * FROM orders ORDER BY created_at DESC', { keys: ['created_at'], openRows: false }],
    ['SELECT * FROM orders ORDER BY created_at LIMIT 5', { keys: ['created_at'], openRows: true }],
    [
      'SELECT * FROM orders o ORDER BY o.created_at, o.id LIMIT 5',
      { keys: ['created_at', 'id'], openRows: false },
    ],
    ['SELECT total FROM orders ORDER BY created_at, total', { keys: [] }],
    ['SELECT id AS key, total FROM orders ORDER BY 1', { keys: ['key'] }],
    ['SELECT * FROM orders LIMIT 5', { keys: [], openRows: true }],
    ['SELECT string_agg(id::text, $$,$$) FROM orders', { openValues: true }],
    ['SELECT string_agg(id::text, $$,$$ ORDER BY id) FROM orders', { openValues: false }],
    ['SELECT DISTINCT total FROM orders', { openValues: false }],
    ['SELECT DISTINCT ON (total) * FROM orders', { openValues: true }],
  ])('%s', async (sql, expected) => {
    expect(await resultOrder(sql, CATALOG)).toMatchObject(expected);
  });
});

describe('comparing results', () => {
  const ordered = { keys: ['k'], openRows: false, openValues: false };
  const rowArray = fc.array(fc.record({ k: fc.integer({ max: 5, min: 0 }), v: fc.string() }), {
    maxLength: 8,
  });

  it('ignores order where it is open, and only there', () => {
    fc.assert(
      fc.property(rowArray, (rows) => {
        const free = { keys: [], openRows: false, openValues: false };
        const turned = rows.toReversed();
        expect(sameResult(digestOf(rows, free), digestOf(turned, free), free)).toBe(true);
        const keys = rows.map(({ k }) => k);
        const isPalindrome = keys.every((key, position) => key === keys.at(-1 - position));
        expect(sameResult(digestOf(rows, ordered), digestOf(turned, ordered), ordered)).toBe(isPalindrome);
      }),
    );
  });

  it('lets ties under a limit differ, not their keys', () => {
    const open = { ...ordered, openRows: true };
    const one = digestOf([{ k: 1, v: 'a' }], open);
    expect(sameResult(one, digestOf([{ k: 1, v: 'b' }], open), open)).toBe(true);
    expect(sameResult(one, digestOf([{ k: 1, v: 'b' }], ordered), ordered)).toBe(false);
    expect(sameResult(one, digestOf([{ k: 2, v: 'a' }], open), open)).toBe(false);
    expect(sameResult(one, digestOf([], open), open)).toBe(false);
  });

  it('takes sums of floats as equal that differ by the order of adding up', () => {
    const free = { keys: [], openRows: false, openValues: false };
    const sum = (value: number) => digestOf([{ sum: value }], free);
    expect(sameResult(sum(0.1 + 0.2 + 0.3), sum(0.3 + 0.2 + 0.1), free)).toBe(true);
    expect(sameResult(sum(0.6), sum(0.6001), free)).toBe(false);
  });
});

describe('values in the place of placeholders', () => {
  it('leaves alone what only looks like one', async () => {
    const sql = 'SELECT \'é $1\', $1, "$2" FROM t -- $3\nWHERE a = $12 AND b = $$ $1 $$';
    expect(await parameterNumbers(sql)).toEqual([1, 12]);
    const values = new Map([
      [1, { text: "O'Hara\\", type: null }],
      [12, { text: '5', type: 'bigint' }],
    ]);
    expect(await bindValues(sql, values)).toBe(
      "SELECT 'é $1', E'O''Hara\\\\', \"$2\" FROM t -- $3\nWHERE a = '5'::bigint AND b = $$ $1 $$",
    );
  });
});
