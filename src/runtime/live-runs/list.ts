import { z } from 'zod';
import type { Block, Tone } from '../../core/block.ts';
import { formatDuration } from '../../core/duration.ts';
import { quoteForeign } from '../../core/text.ts';
import type { LiveRun } from '../../store/live-run-store.ts';
import type { RunSummary } from '../../store/store.ts';
import type { RunResult } from '../envelope.ts';
import { ownCommand } from '../own-command.ts';
import type { Runtime } from '../runtime.ts';
import { cancelLiveRun, isOver, liveRunStatus } from './live-runs.ts';

const runSchema = z.object({
  runId: z.string(),
  what: z.string(),
  startedAt: z.iso.datetime(),
  state: z.enum(['queued', 'running', 'completed', 'failed', 'cancelled']),
  /** Of its report; null while there is none. */
  status: z.enum(['pass', 'fail', 'unknown']).nullable(),
  summary: z.string().nullable(),
});
export const runsListDataSchema = z.object({ runs: z.array(runSchema) });
export const runsCancelDataSchema = z.object({ runId: z.string(), state: runSchema.shape.state });
type ListedRun = z.infer<typeof runSchema>;

/** Runs in processes of their own that are under way, and every run that left a report, newest first. */
export function listRuns(runtime: Runtime, limit: number): Promise<RunResult> {
  return ownCommand(runtime, 'runs list', () => {
    const store = runtime.openStore();
    const always = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
    const ids = [...store.liveRuns.active(), ...store.liveRuns.list(limit)].map(({ runId }) => runId);
    const live = [...new Set(ids)].map((runId) => liveRunStatus(runtime, runId).run);
    const reports = new Map(store.runs.list(always, limit).map((run) => [run.runId, run]));
    const known = new Set(live.map(({ runId }) => runId));
    const runs = [
      ...live.map((run) => listed(run, reports.get(run.runId))),
      ...[...reports.values()].filter(({ runId }) => !known.has(runId)).map(fromReport),
    ]
      .toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
      .slice(0, limit);
    const active = live.filter((run) => !isOver(run)).length;
    return {
      status: 'pass',
      summary: runs.length === 0 ? 'There was no run yet.' : `${active} under way.`,
      sections: runs.length === 0 ? [] : [tableOf(runs, live, runtime.clock.wallMs())],
      data: { runs },
      next: runs.slice(0, 1).map(({ runId }) => `rearguard runs show ${runId}`),
    };
  });
}

function listed(run: LiveRun, report: RunSummary | undefined): ListedRun {
  return {
    runId: run.runId,
    what: run.what,
    startedAt: new Date(run.createdAtMs).toISOString(),
    state: run.state,
    status: report?.status ?? null,
    summary: report?.summary ?? run.error?.message ?? run.progress?.what ?? null,
  };
}

function fromReport({ runId, tool, command, startedAt, status, summary }: RunSummary): ListedRun {
  return { runId, what: `${tool} ${command}`, startedAt, state: 'completed', status, summary };
}

const TONES: Readonly<Record<string, Tone>> = { pass: 'good', fail: 'bad', unknown: 'warn' };

function tableOf(runs: readonly ListedRun[], live: readonly LiveRun[], nowMs: number): Block {
  const progressOf = (runId: string): string => {
    const progress = live.find((run) => run.runId === runId)?.progress;
    return progress && progress.total > 0 ? ` ${Math.round((100 * progress.done) / progress.total)} %` : '';
  };
  return {
    kind: 'table',
    columns: ['run', 'what', 'age', 'state', 'result', ''].map((header) => ({ header })),
    rows: runs.map(({ runId, what, startedAt, state, status, summary }) => [
      runId,
      what,
      formatDuration(Math.max(0, nowMs - Date.parse(startedAt))),
      state + (state === 'running' ? progressOf(runId) : ''),
      status === null ? null : { text: status, tone: TONES[status] ?? 'muted' },
      summary,
    ]),
  };
}

/** The report of a run, as it was; of one that is under way, how far it is. */
export function showRun(runtime: Runtime, runId: string): Promise<RunResult> {
  return ownCommand(runtime, 'runs show', () => {
    const { run, report } = liveRunStatus(runtime, runId);
    // The envelope of the run itself: whoever asks wants what the run said.
    if (report !== null) return report;
    const progress = run.progress === null ? '' : `: ${quoteForeign(run.progress.what, 200)}`;
    return {
      status: 'unknown',
      summary: isOver(run) ? `${run.what} ${run.state}.` : `${run.what} is ${run.state}${progress}.`,
      data: listed(run, undefined),
      ...(run.error === null ? {} : { error: run.error }),
      next: isOver(run) ? [] : [`rearguard runs show ${runId}`, `rearguard runs cancel ${runId}`],
    };
  });
}

/** Tells a run to stop. */
export function cancelRun(runtime: Runtime, runId: string): Promise<RunResult> {
  return ownCommand(runtime, 'runs cancel', async () => {
    const { run } = await cancelLiveRun(runtime, runId);
    return {
      status: 'pass',
      summary:
        run.state === 'cancelled' ? `${run.what} was stopped.` : `${run.what} had ${run.state} before.`,
      data: { runId, state: run.state },
      next: [`rearguard runs show ${runId}`],
    };
  });
}
