import { gunzipSync, gzipSync } from 'node:zlib';
import type { Connection } from './connection.ts';
import type { Observation, ObservationStore } from './store.ts';

interface ObservationRow {
  at_ms: number;
  document: ArrayBuffer;
}

export function createObservationStore(connection: Connection): ObservationStore {
  const insert = connection.prepare(`
    INSERT INTO observations (tool, subject, kind, at_ms, document) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (tool, subject, kind, at_ms) DO UPDATE SET document = excluded.document`);
  const select = connection.prepare<ObservationRow>(`
    SELECT at_ms, document FROM observations
    WHERE tool = ? AND subject = ? AND kind = ? AND at_ms >= ? AND at_ms < ? ORDER BY at_ms`);
  const selectTimes = connection.prepare<Pick<ObservationRow, 'at_ms'>>(`
    SELECT at_ms FROM observations
    WHERE tool = ? AND subject = ? AND kind = ? AND at_ms >= ? AND at_ms < ? ORDER BY at_ms`);
  const selectLatest = connection.prepare<ObservationRow>(`
    SELECT at_ms, document FROM observations
    WHERE tool = ? AND subject = ? AND kind = ? AND at_ms < ? ORDER BY at_ms DESC LIMIT 1`);

  return {
    add({ tool, subject, kind, atMs, document }) {
      insert.run(tool, subject, kind, atMs, gzipSync(JSON.stringify(document)));
    },
    list({ tool, subject, kind }, { fromMs, toMs }) {
      return select
        .all(tool, subject, kind, fromMs, toMs)
        .map((row) => toObservation({ tool, subject, kind }, row));
    },
    times({ tool, subject, kind }, { fromMs, toMs }) {
      return selectTimes.all(tool, subject, kind, fromMs, toMs).map(({ at_ms }) => at_ms);
    },
    latest({ tool, subject, kind }, beforeMs = Number.MAX_SAFE_INTEGER) {
      const row = selectLatest.get(tool, subject, kind, beforeMs);
      return row === undefined ? undefined : toObservation({ tool, subject, kind }, row);
    },
  };
}

function toObservation(
  key: Pick<Observation, 'tool' | 'subject' | 'kind'>,
  { at_ms, document }: ObservationRow,
): Observation {
  const text = gunzipSync(new Uint8Array(document)).toString('utf8');
  return { ...key, atMs: at_ms, document: JSON.parse(text) as unknown };
}
