import type { BackendEvent, CoverageGap } from '../core/event.ts';
import type { Connection } from './connection.ts';
import type { EventStore, SampleStore } from './store.ts';

export function createEventStore(connection: Connection): EventStore {
  const insert = connection.prepare(
    'INSERT INTO events (id, at_ms, kind, event) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const select = connection.prepare<{ event: string }>(
    'SELECT event FROM events WHERE at_ms >= ? AND at_ms < ? ORDER BY at_ms, id',
  );

  return {
    /** An event that is there already, by its id, stays as it is. */
    add(event) {
      insert.run(event.id, event.atMs, event.kind, JSON.stringify(event));
    },
    list({ fromMs, toMs }, kinds) {
      const events = select.all(fromMs, toMs).map((row) => JSON.parse(row.event) as BackendEvent);
      return kinds === undefined ? events : events.filter((event) => kinds.includes(event.kind));
    },
  };
}

interface GapRow {
  from_ms: number;
  to_ms: number;
  reason: CoverageGap['reason'];
  detail: string | null;
}

export function createGapStore(connection: Connection): Pick<SampleStore, 'gap' | 'gaps'> {
  const insert = connection.prepare(`
    INSERT INTO gaps (from_ms, to_ms, reason, detail) VALUES (?, ?, ?, ?)
    ON CONFLICT (from_ms, to_ms, reason) DO NOTHING`);
  // A clock that was set back leaves a gap whose end is before its start.
  const select = connection.prepare<GapRow>(`
    SELECT from_ms, to_ms, reason, detail FROM gaps
    WHERE max(from_ms, to_ms) >= ? AND min(from_ms, to_ms) < ? ORDER BY from_ms, to_ms`);

  return {
    gap({ fromMs, toMs, reason, detail }) {
      insert.run(fromMs, toMs, reason, detail ?? null);
    },
    gaps({ fromMs, toMs }) {
      return select.all(fromMs, toMs).map((row) => ({
        fromMs: row.from_ms,
        toMs: row.to_ms,
        reason: row.reason,
        ...(row.detail === null ? {} : { detail: row.detail }),
      }));
    },
  };
}
