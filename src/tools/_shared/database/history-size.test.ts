import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { temporaryStores } from '../../../store/store-fixture.ts';
import type { Observation, ObservationStore } from '../../../store/store.ts';
import { type CounterSnapshot, keepCounters, keptCounters } from './history.ts';
import type { ServerFacts } from './postgres/server.ts';
import type { TableStatistics } from './postgres/tables.ts';
import { known, unknown } from './reading.ts';
import { counters, snapshot } from './statements-fixture.ts';

const MINUTE = 60_000;
const OF = { tool: 'database-performance-tracker', target: 'shop' };
const SERVER = { version: '18.4', extensions: new Map() } as unknown as ServerFacts;
const everything = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

const stores = temporaryStores();
let observations: ObservationStore;
let kept: Observation[];

beforeEach(() => {
  const store = stores.open().observations;
  kept = [];
  observations = {
    ...store,
    add(observation) {
      kept.push(observation);
      store.add(observation);
    },
  };
});
afterAll(() => stores.removeAll());

function look(
  atMs: number,
  calls: Readonly<Record<string, number>>,
  tables: readonly Partial<TableStatistics>[] = [],
): CounterSnapshot {
  const nothing = unknown('not wanted here');
  const statements = Object.entries(calls).map(([key, count]) => counters(key, count, { text: null }));
  return {
    takenAtMs: atMs,
    server: SERVER,
    parts: {
      statements: known(snapshot({ takenAtMs: atMs, statements })),
      databases: nothing,
      tables: known(tables as TableStatistics[]),
      indexes: nothing,
      checkpoints: nothing,
      wal: nothing,
      sequences: nothing,
      wraparound: nothing,
    },
  };
}

function sizeOf(observation: Observation | undefined): number {
  return JSON.stringify(observation?.document).length;
}

describe('what is kept of looks that follow each other', () => {
  it('is what changed: statements that came, went, were called, and those that were not', () => {
    const looks = [
      look(0, { a: 1, b: 2 }),
      look(MINUTE, { a: 5, b: 2 }),
      look(2 * MINUTE, { a: 5, c: 1 }),
      look(3 * MINUTE, { a: 5, c: 1, b: 1 }),
    ];
    for (const one of looks) keepCounters(observations, OF, one);
    expect(keptCounters(observations, OF, everything)).toEqual(looks);
    // From the middle on, what it builds on is found all the same.
    expect(keptCounters(observations, OF, { fromMs: 2 * MINUTE, toMs: 3 * MINUTE })).toEqual([looks[2]]);
  });

  it('is complete once an hour, so that nobody has to look further back', () => {
    const hours = 3;
    for (let minute = 0; minute < hours * 60; minute += 1) {
      keepCounters(observations, OF, look(minute * MINUTE, { a: minute }));
    }
    const whole = kept.filter(({ document }) => (document as { whole?: boolean }).whole);
    expect(whole).toHaveLength(hours);
    const [last] = keptCounters(observations, OF, { fromMs: 179 * MINUTE, toMs: 180 * MINUTE });
    expect(last).toEqual(look(179 * MINUTE, { a: 179 }));
  });

  it('is little where little happens', () => {
    const idle = Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`s${n}`, 1]));
    keepCounters(observations, OF, look(0, idle));
    keepCounters(observations, OF, look(2 * MINUTE, { ...idle, s7: 2 }));
    expect(sizeOf(kept[1])).toBeLessThan(sizeOf(kept[0]) / 100);
  });

  it('does not hold the ages of tables, which move in each, until something else does', () => {
    const table = { oid: 7, name: 'orders', inserted: 5, frozenXidAge: 10, multixactAge: 1 };
    keepCounters(observations, OF, look(0, {}, [table]));
    keepCounters(observations, OF, look(MINUTE, {}, [{ ...table, frozenXidAge: 20 }]));
    keepCounters(observations, OF, look(2 * MINUTE, {}, [{ ...table, frozenXidAge: 30, inserted: 6 }]));
    const ages = keptCounters(observations, OF, everything).map(({ parts }) =>
      parts.tables.known ? parts.tables.value[0]?.frozenXidAge : null,
    );
    expect(ages).toEqual([10, 10, 30]);
  });
});
