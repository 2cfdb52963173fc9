import { gunzipSync, gzipSync } from 'node:zlib';
import { HOUR_MS } from './bucket.ts';
import type { Connection } from './connection.ts';
import { createGroupRows } from './error-group-rows.ts';
import type { ErrorLogStore, StoredSegment } from './error-log-store.ts';

interface SegmentRow {
  start_ms: number;
  width_ms: number;
  document: ArrayBuffer;
}

export function createErrorLogStore(connection: Connection): ErrorLogStore {
  const groups = createGroupRows(connection);
  const selectSegment = connection.prepare<SegmentRow>(
    'SELECT start_ms, width_ms, document FROM log_segments WHERE start_ms = ? AND width_ms = ?',
  );
  const selectSegments = connection.prepare<SegmentRow>(`
    SELECT start_ms, width_ms, document FROM log_segments
    WHERE start_ms < ? AND start_ms + width_ms > ? ORDER BY start_ms, width_ms`);
  const putSegment = connection.prepare(`
    INSERT INTO log_segments (start_ms, width_ms, document) VALUES (?, ?, ?)
    ON CONFLICT (start_ms, width_ms) DO UPDATE SET document = excluded.document`);
  const selectCheckpoint = connection.prepare<{ document: string }>(
    'SELECT document FROM log_checkpoints WHERE stream = ?',
  );
  const selectCheckpoints = connection.prepare<{ stream: string; document: string }>(
    'SELECT stream, document FROM log_checkpoints ORDER BY stream',
  );
  const putCheckpoint = connection.prepare(`
    INSERT INTO log_checkpoints (stream, document) VALUES (?, ?)
    ON CONFLICT (stream) DO UPDATE SET document = excluded.document`);
  const selectFirstHour = connection.prepare<{ hour: number | null }>(
    'SELECT min(hour) AS hour FROM error_group_hours',
  );

  return {
    fold({ segments, merge, groups: sightings, recordHours, edges, checkpoints, nowMs }) {
      return connection.transaction(() => {
        const isMoved = checkpoints.some(({ before, after }) => {
          const stored = selectCheckpoint.get(after.stream)?.document ?? null;
          return stored !== (before === null ? null : JSON.stringify(before.document));
        });
        if (isMoved) return false;
        for (const { startMs, widthMs, document } of segments) {
          const stored = selectSegment.get(startMs, widthMs);
          const merged = stored === undefined ? document : merge(unpack(stored.document), document);
          putSegment.run(startMs, widthMs, gzipSync(JSON.stringify(merged)));
        }
        for (const sighting of sightings) groups.add(sighting);
        groups.addRecords(recordHours);
        for (const edge of edges) groups.link(edge, nowMs);
        for (const { after } of checkpoints) putCheckpoint.run(after.stream, JSON.stringify(after.document));
        return true;
      });
    },
    checkpoints: () =>
      selectCheckpoints
        .all()
        .map(({ stream, document }) => ({ stream, document: JSON.parse(document) as unknown })),
    segments: ({ fromMs, toMs }) => selectSegments.all(toMs, fromMs).map(toSegment),
    knownSinceMs() {
      const hour = selectFirstHour.get()?.hour ?? null;
      return hour === null ? null : hour * HOUR_MS;
    },
    groups: groups.all,
    group: groups.find,
    hours: groups.hours,
    recordHours: groups.recordHours,
    edges: groups.edges,
    mark: groups.mark,
  };
}

function toSegment({ start_ms, width_ms, document }: SegmentRow): StoredSegment {
  return { startMs: start_ms, widthMs: width_ms, document: unpack(document) };
}

function unpack(document: ArrayBuffer): unknown {
  return JSON.parse(gunzipSync(new Uint8Array(document)).toString('utf8')) as unknown;
}
