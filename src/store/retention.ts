import { bucketStart, HOUR_MS, MINUTE_MS } from './bucket.ts';
import type { Connection } from './connection.ts';
import { createRollups } from './rollup.ts';
import { createSampleRows } from './sample-rows.ts';
import type { SeriesRow } from './series.ts';
import type { MaintenanceResult, Retention, Store } from './store.ts';

/** An hour is rolled up once it is over by this much; samples that come still later are added one by one. */
const SETTLED_AFTER_MS = 5 * 60_000;

/** One call's share of work, so that it holds the lock for some tens of milliseconds. */
const SERIES_PER_CALL = 64;
const SAMPLES_PER_CALL = 12_000;
const DELETIONS_PER_SERIES = 2_000;
const RUNS_PER_CALL = 200;
const VACUUM_PAGES_PER_CALL = 512;

/** How often the engine may refresh its statistics. */
const OPTIMIZE_EVERY_MS = HOUR_MS;

type Trim = Pick<MaintenanceResult, 'samplesRolledUp' | 'samplesDeleted' | 'bucketsDeleted'>;

export function createMaintenance(connection: Connection, retention: Retention): Store['maintain'] {
  const rollDue = createSeriesMaintenance(connection, retention);
  const deleteRuns = connection.prepare(
    'DELETE FROM runs WHERE position IN (SELECT position FROM runs WHERE started_ms < ? LIMIT ?)',
  );
  const deleteEvents = connection.prepare('DELETE FROM events WHERE at_ms < ?');
  const deleteGaps = connection.prepare('DELETE FROM gaps WHERE max(from_ms, to_ms) < ?');
  const deleteAlerts = connection.prepare('DELETE FROM alerts WHERE resolved_at_ms < ?');
  const deleteDeliveries = connection.prepare('DELETE FROM deliveries WHERE settled_at_ms < ?');
  const deleteWindows = connection.prepare('DELETE FROM windows WHERE to_ms < ?');
  const deleteChanges = connection.prepare('DELETE FROM finding_changes WHERE at_ms < ?');
  const deleteSessions = connection.prepare('DELETE FROM sessions WHERE ended_ms < ?');
  const deleteLiveRuns = connection.prepare('DELETE FROM live_runs WHERE created_ms < ?');
  const deleteObservations = connection.prepare('DELETE FROM observations WHERE at_ms < ?');
  const deleteSegments = connection.prepare('DELETE FROM log_segments WHERE start_ms + width_ms < ?');
  const deleteGroupHours = connection.prepare('DELETE FROM error_group_hours WHERE hour < ?');
  let optimizedAtMs = Number.NEGATIVE_INFINITY;

  return (nowMs) => {
    const result = connection.transaction(() => {
      const { more, ...trimmed } = rollDue(nowMs);
      const runsDeleted = deleteRuns.run(nowMs - retention.runsMs, RUNS_PER_CALL);
      const deleteByHours = [
        deleteEvents,
        deleteGaps,
        deleteAlerts,
        deleteDeliveries,
        deleteWindows,
        deleteChanges,
        deleteSessions,
      ];
      for (const deleteOld of deleteByHours) {
        deleteOld.run(nowMs - retention.hourBucketsMs);
      }
      deleteLiveRuns.run(nowMs - retention.runsMs);
      deleteObservations.run(nowMs - retention.minuteBucketsMs);
      deleteSegments.run(nowMs - retention.minuteBucketsMs);
      deleteGroupHours.run(Math.floor((nowMs - retention.hourBucketsMs) / HOUR_MS));
      return { ...trimmed, runsDeleted, more: more || runsDeleted === RUNS_PER_CALL };
    });
    connection.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES_PER_CALL})`);
    if (Math.abs(nowMs - optimizedAtMs) >= OPTIMIZE_EVERY_MS) {
      optimizedAtMs = nowMs;
      // It reads before it writes: outside a transaction of its own it fails when another process writes in between.
      connection.transaction(() => connection.exec('PRAGMA optimize'));
    }
    return result;
  };
}

/** Visits each series once an hour: rolls up what has settled, then drops what is past its retention. */
function createSeriesMaintenance(
  connection: Connection,
  retention: Retention,
): (nowMs: number) => Trim & { more: boolean } {
  const rows = createSampleRows(connection);
  const rollups = createRollups(connection);
  const selectDue = connection.prepare<SeriesRow>(`
    SELECT id, rolled_until_ms, minutes_from_ms FROM series WHERE rolled_until_ms < ?
    ORDER BY rolled_until_ms LIMIT ?`);
  const advance = connection.prepare(
    'UPDATE series SET rolled_until_ms = ?, minutes_from_ms = ? WHERE id = ?',
  );

  function visit(series: SeriesRow, settledMs: number, nowMs: number, budget: number): Trim {
    const pending = { fromMs: series.rolled_until_ms, toMs: settledMs };
    const cutMs = rows.timeAfter(series.id, pending, budget) ?? settledMs;
    // At least one millisecond on, should a whole budget of samples share one.
    const rolledUntilMs = Math.max(cutMs, series.rolled_until_ms + 1);
    const samples = rows.readForBuckets(series.id, { ...pending, toMs: rolledUntilMs });
    rollups.add(series, samples);

    const minutesUntilMs = nowMs - retention.minuteBucketsMs;
    const nextMinuteMs = rollups.startAfter(series.id, MINUTE_MS, minutesUntilMs, DELETIONS_PER_SERIES);
    const minutesFromMs = Math.max(
      series.minutes_from_ms,
      bucketStart(Math.min(nextMinuteMs ?? minutesUntilMs, rolledUntilMs), HOUR_MS),
    );
    advance.run(rolledUntilMs, minutesFromMs, series.id);

    const samplesUntilMs = Math.min(nowMs - retention.samplesMs, rolledUntilMs);
    return {
      samplesRolledUp: samples.length,
      samplesDeleted: rows.deleteBefore(series.id, samplesUntilMs, DELETIONS_PER_SERIES),
      bucketsDeleted:
        rollups.deleteBefore(series.id, MINUTE_MS, minutesFromMs) +
        rollups.deleteBefore(series.id, HOUR_MS, nowMs - retention.hourBucketsMs),
    };
  }

  return (nowMs) => {
    const settledMs = bucketStart(nowMs - SETTLED_AFTER_MS, HOUR_MS);
    const due = selectDue.all(settledMs, SERIES_PER_CALL);
    const total = { samplesRolledUp: 0, samplesDeleted: 0, bucketsDeleted: 0 };
    let rest = due.length;
    for (const series of due) {
      const budget = SAMPLES_PER_CALL - total.samplesRolledUp;
      if (budget <= 0) break;
      const trimmed = visit(series, settledMs, nowMs, budget);
      total.samplesRolledUp += trimmed.samplesRolledUp;
      total.samplesDeleted += trimmed.samplesDeleted;
      total.bucketsDeleted += trimmed.bucketsDeleted;
      if (trimmed.samplesRolledUp >= budget) break;
      rest -= 1;
    }
    return { ...total, more: rest > 0 || due.length === SERIES_PER_CALL };
  };
}
