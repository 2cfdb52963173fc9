import type { Finding } from '../core/finding.ts';
import type { Report } from '../core/report.ts';
import type { Connection } from './connection.ts';
import type { RunStore, RunSummary } from './store.ts';

const MAX_LISTED = 1_000;

export function createRunStore(connection: Connection): RunStore {
  const upsert = connection.prepare(`
    INSERT INTO runs (run_id, tool, command, started_ms, report) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (run_id) DO UPDATE SET report = excluded.report`);
  const byId = connection.prepare<{ report: string }>('SELECT report FROM runs WHERE run_id = ?');
  const anyById = connection.prepare<{ found: number }>('SELECT 1 AS found FROM runs WHERE run_id = ?');
  const latestOfTool = connection.prepare<{ report: string }>(
    'SELECT report FROM runs WHERE tool = ? ORDER BY position DESC LIMIT 1',
  );
  const latestOfCommand = connection.prepare<{ report: string }>(
    'SELECT report FROM runs WHERE tool = ? AND command = ? ORDER BY position DESC LIMIT 1',
  );
  const summaries = connection.prepare<Omit<RunSummary, 'startedAt'> & { startedMs: number }>(`
    SELECT run_id AS runId, tool, command, started_ms AS startedMs,
      json_extract(report, '$.status') AS status, json_extract(report, '$.summary') AS summary
    FROM runs WHERE started_ms >= ? AND started_ms < ? ORDER BY started_ms DESC, position DESC LIMIT ?`);

  return {
    list: ({ fromMs, toMs }, limit = MAX_LISTED) =>
      summaries
        .all(fromMs, toMs, limit)
        .map(({ startedMs, ...run }) => ({ ...run, startedAt: new Date(startedMs).toISOString() })),
    record(report) {
      const { runId, tool, command, startedAt } = report;
      // What is known of a finding is looked up when it is shown: it may change.
      const findings = report.findings.map(withoutKnowledge);
      upsert.run(runId, tool, command, Date.parse(startedAt), JSON.stringify({ ...report, findings }));
    },
    has: (runId) => anyById.get(runId) !== undefined,
    latest(tool, command) {
      return parse(command === undefined ? latestOfTool.get(tool) : latestOfCommand.get(tool, command));
    },
    get(runId) {
      return parse(byId.get(runId));
    },
  };
}

function withoutKnowledge({ knowledge: _knowledge, ...finding }: Finding): Finding {
  return finding;
}

function parse(row: { report: string } | undefined): Report | undefined {
  return row && (JSON.parse(row.report) as Report);
}
