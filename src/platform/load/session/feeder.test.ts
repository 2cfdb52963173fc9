import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Feeder, LoadModel } from '../../../core/load/plan.ts';
import { packFeeder } from './feeder-file.ts';
import { readFeeder } from './feeder.ts';
import { sessionOf } from './session-fixture.ts';

const ROWS = 40;
const numbered = (order: Feeder['order'], rows = ROWS): Promise<Feeder> =>
  packFeeder(
    'numbers',
    ['n'],
    Array.from({ length: rows }, (_, row) => [String(row)]),
    order,
  );

/** Rows of the first sessions of an open model. */
function rowsOf(feeder: Feeder, sessions: number, seed = 1): number[] {
  const { plan, session } = sessionOf([], { seed });
  const reader = readFeeder(feeder, { index: 0, seed, users: 0 });
  return Array.from({ length: sessions }, (_, number) => {
    plan.begin(session, number);
    return Number(reader.value(session, 0));
  });
}

const sorted = (rows: readonly number[]): number[] => [...rows].sort((a, b) => a - b);
const all = Array.from({ length: ROWS }, (_, row) => row);

describe('packed rows', () => {
  it('come back as they were', async () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 30 });
    const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const feeder = await packFeeder('f', ['a', 'b', 'c'], rows, 'sequential');
        const reader = readFeeder(feeder, { index: 0, seed: 1, users: 0 });
        const { plan, session } = sessionOf([]);
        const read = rows.map((_, number) => {
          plan.begin(session, number);
          return [0, 1, 2].map((field) => reader.value(session, field));
        });
        expect(read).toEqual(rows);
      }),
    );
  });

  it('may come one after another, and grow beyond what was set aside', async () => {
    async function* rows(): AsyncGenerator<string[]> {
      for (let row = 0; row < 6000; row += 1) yield [String(row), 'x'.repeat(50)];
    }
    const feeder = await packFeeder('f', ['n', 'x'], rows(), 'sequential');
    expect(feeder.rows).toBe(6000);
    expect(rowsOf(feeder, 6000)).toEqual(Array.from({ length: 6000 }, (_, row) => row));
  });

  it('hold what is no text as JSON, and what is absent as nothing', async () => {
    const rows = [[1, { a: [true] }], [null]];
    const feeder = await packFeeder('f', ['a', 'b'], rows, 'sequential');
    expect(Buffer.from(feeder.bytes).toString()).toBe('1{"a":[true]}');
    expect([...new Uint32Array(feeder.ends)]).toEqual([1, 13, 13, 13]);
  });

  it('are refused where there are none', async () => {
    await expect(packFeeder('f', ['a'], [], 'random')).rejects.toThrow(/feeder f: no rows/);
  });
});

describe('orders', () => {
  it('sequential: row after row, and again', async () => {
    expect(rowsOf(await numbered('sequential'), ROWS + 3)).toEqual([...all, 0, 1, 2]);
  });

  it('shuffled: each row once each time, in another order each time', async () => {
    const rows = rowsOf(await numbered('shuffled'), 2 * ROWS);
    const [first, second] = [rows.slice(0, ROWS), rows.slice(ROWS)];
    expect(sorted(first)).toEqual(all);
    expect(sorted(second)).toEqual(all);
    expect(first).not.toEqual(second);
    expect(first).not.toEqual(all);
    expect(rowsOf(await numbered('shuffled'), ROWS, 2)).not.toEqual(first);
  });

  it('random: drawn, the same for the same seed', async () => {
    const feeder = await numbered('random', 4);
    const rows = rowsOf(feeder, 400);
    expect(rowsOf(feeder, 400)).toEqual(rows);
    for (const row of [0, 1, 2, 3]) {
      // Four standard deviations of a binomial.
      expect(Math.abs(rows.filter((drawn) => drawn === row).length - 100)).toBeLessThan(4 * Math.sqrt(75));
    }
  });

  it('are over the rounds of all users of a closed model', async () => {
    const feeder = await numbered('shuffled');
    const model: LoadModel = { kind: 'iterations', users: 8, iterations: 5, perUser: true, maxDurationMs: 1 };
    const { plan, session } = sessionOf([], { feeders: [feeder], model });
    const reader = readFeeder(feeder, { index: 0, seed: 1, users: 8 });
    const rows: number[] = [];
    for (let user = 0; user < 8; user += 1) {
      plan.begin(session, user);
      for (let round = 0; round < 5; round += 1) {
        rows.push(Number(reader.value(session, 0)));
        plan.again(session);
      }
    }
    expect(sorted(rows)).toEqual(all);
  });
});
