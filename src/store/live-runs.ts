import type { Connection } from './connection.ts';
import type { LiveRun, LiveRunStore } from './live-run-store.ts';

const ENDED: readonly LiveRun['state'][] = ['completed', 'failed', 'cancelled'];

interface Row {
  document: string;
  heartbeat_ms: number;
  cancel_requested: number;
}

function runOf({ document }: Row): LiveRun {
  return JSON.parse(document) as LiveRun;
}

export function createLiveRunStore(connection: Connection): LiveRunStore {
  const insert = connection.prepare(`
    INSERT INTO live_runs (run_id, created_ms, state, heartbeat_ms, document) VALUES (?, ?, ?, ?, ?)`);
  const selectOne = connection.prepare<Row>('SELECT * FROM live_runs WHERE run_id = ?');
  const selectNewest = connection.prepare<Row>(
    'SELECT * FROM live_runs ORDER BY created_ms DESC, run_id LIMIT ?',
  );
  const selectActive = connection.prepare<Row>(
    "SELECT * FROM live_runs WHERE state IN ('queued', 'running') ORDER BY created_ms DESC, run_id",
  );
  const update = connection.prepare(
    'UPDATE live_runs SET state = ?, heartbeat_ms = ?, document = ? WHERE run_id = ?',
  );
  const cancel = connection.prepare('UPDATE live_runs SET cancel_requested = 1 WHERE run_id = ?');

  /** Reads and writes in one transaction; nothing happens to a run that has ended. */
  function change(
    runId: string,
    atMs: number,
    next: (run: LiveRun) => LiveRun,
  ): { row: Row; changed: boolean } | undefined {
    return connection.transaction(() => {
      const row = selectOne.get(runId);
      if (row === undefined) return undefined;
      const run = runOf(row);
      if (ENDED.includes(run.state)) return { row, changed: false };
      const changed = next(run);
      update.run(changed.state, atMs, JSON.stringify(changed), runId);
      return { row, changed: true };
    });
  }

  return {
    add(run) {
      insert.run(run.runId, run.createdAtMs, run.state, run.createdAtMs, JSON.stringify(run));
    },
    get(runId) {
      const row = selectOne.get(runId);
      if (row === undefined) return undefined;
      return {
        ...runOf(row),
        heartbeatAtMs: row.heartbeat_ms,
        cancelRequested: row.cancel_requested === 1,
      };
    },
    list: (limit) => selectNewest.all(limit).map(runOf),
    active: () => selectActive.all().map(runOf),
    beat(runId, atMs, progress) {
      const found = change(runId, atMs, (run) => ({ ...run, progress: progress ?? run.progress }));
      return { mustStop: found?.changed !== true || found.row.cancel_requested === 1 };
    },
    transition: (runId, parts, atMs) =>
      change(runId, atMs, (run) => ({ ...run, ...parts }))?.changed ?? false,
    requestCancel: (runId) =>
      connection.transaction(() => {
        const row = selectOne.get(runId);
        if (row === undefined || ENDED.includes(runOf(row).state)) return false;
        cancel.run(runId);
        return true;
      }),
  };
}
