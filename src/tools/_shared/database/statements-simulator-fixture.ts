import { counters, snapshot } from './statements-fixture.ts';
import type { StatementSnapshot } from './statements.ts';

export type ServerAction =
  | { kind: 'run'; query: number; calls: number }
  | { kind: 'evict'; query: number }
  /** A restart that keeps the statistics, or not; another server with a past of its own. */
  | { kind: 'reset' | 'restart' | 'crash' | 'failover' };

/** pg_stat_statements as it behaves, and beside it what was really done since the simulator began. */
export function createStatementsSimulator(major: number) {
  let nowMs = 1_000;
  let entries = new Map<string, { calls: number; sinceMs: number }>();
  let evictions = 0;
  let resetAtMs = 1;
  let startedAtMs = 0;
  let server = 1;
  const done = new Map<string, number>();
  // A past before the first snapshot.
  for (const query of [0, 1, 2]) entries.set(`q${query}`, { calls: query + 1, sinceMs: 1 });

  function forget(): void {
    entries = new Map();
    evictions = 0;
    resetAtMs = nowMs;
  }

  return {
    act(action: ServerAction): void {
      nowMs += 10;
      if (action.kind === 'run') {
        const key = `q${action.query}`;
        const entry = entries.get(key) ?? { calls: 0, sinceMs: nowMs };
        entries.set(key, { ...entry, calls: entry.calls + action.calls });
        done.set(key, (done.get(key) ?? 0) + action.calls);
      } else if (action.kind === 'evict') {
        if (entries.delete(`q${action.query}`)) evictions += 1;
      } else if (action.kind === 'reset') forget();
      else if (action.kind === 'failover') {
        server += 1;
        entries = new Map([['q0', { calls: 50, sinceMs: 2 }]]);
        [startedAtMs, resetAtMs, evictions] = [500 + server, 400 + server, 0];
      } else {
        startedAtMs = nowMs;
        if (action.kind === 'crash') forget();
      }
    },
    snapshot(): StatementSnapshot {
      nowMs += 10;
      return snapshot({
        takenAtMs: nowMs,
        epoch: `${server}/${startedAtMs}`,
        startedAtMs,
        resetAtMs: major >= 14 ? resetAtMs : null,
        evictions: major >= 14 ? evictions : null,
        statements: Array.from(entries, ([key, { calls, sinceMs }]) =>
          counters(key, calls, { statsSinceMs: major >= 17 ? sinceMs : null }),
        ),
      });
    },
    /** Calls of each statement since the beginning. */
    truth: (): ReadonlyMap<string, number> => done,
  };
}
