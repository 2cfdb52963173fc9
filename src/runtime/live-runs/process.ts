import { toRearguardError } from '../../core/errors.ts';
import { capText, oneLine } from '../../core/text.ts';
import { isProcessRunning } from '../../platform/is-process-running.ts';
import type { LiveRun } from '../../store/live-run-store.ts';
import { runCheck } from '../check.ts';
import type { RunResult } from '../envelope.ts';
import { recordReport } from '../record-report.ts';
import { createRuntime, type Runtime } from '../runtime.ts';
import { runVerify } from '../verify.ts';
import type { LaunchArguments } from './launch-arguments.ts';
import type { LiveRequest } from './types.ts';

/** Often enough that load stops within a second of being asked to. */
const BEAT_MS = 400;
/** Of what it says of its progress, which goes into the store with every beat. */
const MAX_PROGRESS_LENGTH = 300;

/**
 * What the process of a live run does: makes the run that its row in the store asks for, says all the while that it lives and how far it is,
 * stops when the row says so, and leaves the report under the run's id.
 */
export async function runLive(launch: LaunchArguments): Promise<void> {
  const stop = new AbortController();
  let progress: LiveRun['progress'] = null;
  const tell = (done: number, total: number, what: string): void => {
    progress = { done, total, what: capText(oneLine(what), MAX_PROGRESS_LENGTH) };
  };
  const runtime = await createRuntime({
    cwd: launch.cwd,
    env: process.env,
    configPath: launch.configPath,
    flags: launch.flags,
    requireConfig: launch.configPath !== undefined,
    runId: launch.runId,
    isolateOwnTools: !launch.isSingleCommand,
    progress: (done, total, what) => tell(done, total, what),
  });
  const { liveRuns } = runtime.openStore();
  const nowMs = (): number => runtime.clock.wallMs();
  const request = liveRuns.get(launch.runId)?.request as LiveRequest | undefined;
  const isOurs = liveRuns.transition(launch.runId, { state: 'running', pid: process.pid }, nowMs());
  if (request === undefined || !isOurs) return runtime.close();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort());
  const beat = (): void => {
    const isOrphan = launch.ownerPid !== undefined && !isProcessRunning(launch.ownerPid);
    try {
      if (isOrphan || liveRuns.beat(launch.runId, nowMs(), progress).mustStop) stop.abort();
    } catch {
      // A store that is busy for once must not cost the run; of one that stays away, others hear nothing and tell the run as lost.
    }
  };
  const timer = setInterval(beat, BEAT_MS);
  beat();
  try {
    const { report } = await make(runtime, request, stop.signal, (text) =>
      tell(progress?.done ?? 0, progress?.total ?? 0, text),
    );
    // A run keeps its own report, but for one that failed and that of `verify`; whoever was promised a report gets these, too.
    const { runs } = runtime.openStore();
    const reason = runs.has(report.runId) ? null : recordReport(runs, report);
    const error = reason === null ? null : cutOff(report.tool, reason);
    const state = stop.signal.aborted ? 'cancelled' : error === null ? 'completed' : 'failed';
    liveRuns.transition(launch.runId, { state, error, endedAtMs: nowMs() }, nowMs());
  } catch (thrown) {
    const error = toRearguardError(thrown).toReportError();
    liveRuns.transition(launch.runId, { state: 'failed', error, endedAtMs: nowMs() }, nowMs());
  } finally {
    clearInterval(timer);
    await runtime.close();
  }
}

async function make(
  runtime: Runtime,
  request: LiveRequest,
  signal: AbortSignal,
  onChange: (text: string) => void,
): Promise<RunResult> {
  const { timeoutMs } = request;
  switch (request.kind) {
    case 'check':
      return runCheck(runtime, { tools: request.tools, budgetMs: timeoutMs, signal });
    case 'verify':
      return runVerify(runtime, request.finding, { signal, timeoutMs });
    case 'workflow': {
      const { runWorkflowNamed } = await import('../workflows/run.ts');
      return runWorkflowNamed(runtime, request.workflow, {
        signal,
        ...(timeoutMs === undefined ? {} : { budgetMs: timeoutMs }),
        onStep: ({ name, state }) => onChange(`${name}: ${state}`),
      });
    }
    default:
      return runtime.run({
        tool: request.tool,
        command: request.command,
        input: request.input,
        signal,
        timeoutMs,
        onView: ({ changes }) => {
          const text = changes.at(-1)?.text;
          if (text !== undefined) onChange(text);
        },
      });
  }
}

function cutOff(tool: string, reason: string): LiveRun['error'] {
  return { code: 'E_TOOL_CUT_OFF', message: `${tool} was cut off: ${reason}.` };
}
