import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { temporaryStores } from '../../../store/store-fixture.ts';
import type { ObservationStore } from '../../../store/store.ts';
import { deltaOf } from './delta.ts';
import { type CounterSnapshot, keepCounters, keptCounters, keptTimes } from './history.ts';
import type { ServerFacts } from './postgres/server.ts';
import { known, unknown } from './reading.ts';
import type { StatementCounters } from './statements.ts';
import { counters, snapshot } from './statements-fixture.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const OF = { tool: 'database-performance-tracker', target: 'shop' };
const SERVER = {
  version: '18.4',
  epoch: 'first',
  database: 'shop',
  extensions: new Map(),
} as unknown as ServerFacts;

const stores = temporaryStores();
let observations: ObservationStore;

beforeEach(() => {
  ({ observations } = stores.open());
});
afterAll(() => stores.removeAll());

function look(atMs: number, statements: readonly StatementCounters[]): CounterSnapshot {
  const nothing = unknown('not wanted here');
  return {
    takenAtMs: atMs,
    server: SERVER,
    parts: {
      statements: known(snapshot({ takenAtMs: atMs, statements })),
      databases: nothing,
      tables: known([]),
      indexes: nothing,
      checkpoints: nothing,
      wal: nothing,
      sequences: nothing,
      wraparound: nothing,
    },
  };
}

const everything = { fromMs: 0, toMs: 100 * HOUR };

describe('history of counters', () => {
  it('gives back what was kept, so that a window of the past is the same as one that was watched', () => {
    const [first, last] = [
      look(HOUR, [counters('a', 1)]),
      look(2 * HOUR, [counters('a', 9), counters('b', 3)]),
    ];
    expect([first, last].map((one) => keepCounters(observations, OF, one))).toEqual([true, true]);
    const kept = keptCounters(observations, OF, everything);
    expect(kept).toEqual([first, last]);
    const [before, after] = kept.map(({ parts }) => parts.statements);
    if (!before?.known || !after?.known) throw new Error('statements were not kept');
    expect(deltaOf(before.value, after.value).statements.map(({ text, calls }) => [text, calls])).toEqual([
      ['SELECT a', 8],
      ['SELECT b', 3],
    ]);
  });

  it('keeps one look a minute, and fewer where there are thousands of statements', () => {
    const few = [counters('a', 1)];
    const many = Array.from({ length: 3_000 }, (_, n) => counters(`s${n}`, 1));
    for (let second = 0; second < 300; second += 10)
      keepCounters(observations, OF, look(HOUR + second * 1_000, few));
    expect(keptTimes(observations, OF, everything)).toHaveLength(5);
    for (let minute = 0; minute < 9; minute += 1) {
      keepCounters(observations, { ...OF, target: 'large' }, look(HOUR + minute * MINUTE, many));
    }
    expect(keptTimes(observations, { ...OF, target: 'large' }, everything)).toHaveLength(3);
  });

  it('keeps texts once an hour, and knows them at any time in between', () => {
    const statements = [
      counters('a', 1),
      counters('b', 1, { text: "ALTER ROLE shop PASSWORD 'hunter2hunter2'" }),
    ];
    for (let minute = 0; minute <= 150; minute += 1) {
      keepCounters(observations, OF, look(HOUR + minute * MINUTE, statements));
    }
    const kept = observations.list(
      { tool: OF.tool, subject: OF.target, kind: 'statement-texts' },
      everything,
    );
    expect(kept.length).toBeLessThanOrEqual(4);
    const late = keptCounters(observations, OF, { fromMs: 2.9 * HOUR, toMs: 3 * HOUR });
    const texts = late.flatMap(({ parts }) =>
      parts.statements.known ? parts.statements.value.statements.map(({ text }) => text) : [],
    );
    expect(texts).not.toContain(null);
    expect(JSON.stringify(kept)).not.toContain('hunter2');
  });
});
