import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { RearguardError } from '../../core/errors.ts';
import type { Severity } from '../../core/severity.ts';
import { commandLineOf } from '../../platform/command-line-of.ts';
import { isProcessRunning } from '../../platform/is-process-running.ts';
import { workerEntry } from '../../platform/worker-entry.ts';
import type { LiveRun } from '../../store/live-run-store.ts';
import { createRunId } from '../envelope.ts';
import type { Runtime } from '../runtime.ts';
import { toArgument } from './launch-arguments.ts';
import type { LiveRequest, LiveRunStatus } from './types.ts';

/** How often somebody who waits looks. */
const LOOK_MS = 100;
/** A process beats several times a second; after this long without it is dead, or in a loop that nothing but its end will end. */
const LOST_AFTER_MS = 30_000;
/** How long a run that was told to stop may take to do so. */
const STOP_WITHIN_MS = 8_000;
/** A looker that was away for so long was not alone in that: the machine slept, or its clock was set. */
const AWAY_MS = 10_000;
/** For the process of a run to say again that it lives. */
const WAKE_MS = 2_000;

export interface LaunchOptions {
  /** Of the process, in MiB: code of the user's own may leak. Default: Node's own limit. */
  maxHeapMiB?: number;
  /** The run must not outlive this process. Default: it goes on whatever happens to the one that began it. */
  ownerPid?: number;
  /** Default: that of the config. */
  failOn?: Severity | undefined;
}

/** Begins a run in a process of its own. Returns its id at once. */
export async function startLiveRun(
  runtime: Runtime,
  request: LiveRequest,
  options: LaunchOptions = {},
): Promise<string> {
  const { config, clock, random } = runtime;
  const createdAtMs = clock.wallMs();
  const runId = createRunId(createdAtMs, random);
  const { liveRuns } = runtime.openStore();
  liveRuns.add({
    runId,
    what: whatOf(request),
    request,
    state: 'queued',
    createdAtMs,
    pid: null,
    progress: null,
    error: null,
    endedAtMs: null,
  });
  const launch = toArgument({
    runId,
    cwd: config.directory,
    configPath: config.path,
    flags: { failOn: options.failOn ?? config.failOn, 'store.path': config.store.path },
    isSingleCommand: request.kind === 'tool',
    ownerPid: options.ownerPid,
  });
  const heap = options.maxHeapMiB === undefined ? [] : [`--max-old-space-size=${options.maxHeapMiB}`];
  const entry = fileURLToPath(workerEntry(import.meta.url, './process-entry'));
  const child = spawn(process.execPath, [...heap, entry, launch], {
    cwd: config.directory,
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
    env: { ...process.env, ...definedOnly(runtime.env) },
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  }).catch((error: Error) => {
    const failure = new RearguardError('E_PROGRAM_NOT_RUN', { program: 'node', reason: error.message });
    const endedAtMs = clock.wallMs();
    liveRuns.transition(runId, { state: 'failed', error: failure.toReportError(), endedAtMs }, endedAtMs);
    throw failure;
  });
  child.unref();
  // Known before it says anything itself, so that one that dies while it loads is missed at once, and one that hangs there can be ended.
  liveRuns.transition(runId, { pid: child.pid ?? null }, clock.wallMs());
  return runId;
}

/** How a run stands. One whose process is gone is told as lost, and stays so. Throws E_RUN_UNKNOWN. */
export function liveRunStatus(runtime: Runtime, runId: string): LiveRunStatus {
  const store = runtime.openStore();
  const nowMs = runtime.clock.wallMs();
  const found = store.liveRuns.get(runId);
  const report = store.runs.get(runId) ?? null;
  if (found === undefined) {
    if (report === null) throw new RearguardError('E_RUN_UNKNOWN', { runId });
    const startedAtMs = Date.parse(report.startedAt);
    return {
      run: {
        runId,
        what: `${report.tool} ${report.command}`,
        request: null,
        state: 'completed',
        createdAtMs: startedAtMs,
        pid: null,
        progress: null,
        error: report.error ?? null,
        endedAtMs: startedAtMs + report.durationMs,
      },
      report,
    };
  }
  const { heartbeatAtMs, cancelRequested, ...run } = found;
  if (isOver(run)) return { run, report };
  const isSilent = nowMs - heartbeatAtMs > LOST_AFTER_MS;
  const isGone = run.pid !== null && !isProcessRunning(run.pid);
  if (!isSilent && !isGone) return { run, report: null };
  if (!isGone) endProcess(run);
  const lost = new RearguardError('E_RUN_LOST', { runId }).toReportError();
  const state = cancelRequested ? 'cancelled' : 'failed';
  // It may have ended this very moment, and then that is how it ended.
  store.liveRuns.transition(runId, { state, error: cancelRequested ? null : lost, endedAtMs: nowMs }, nowMs);
  const after = store.liveRuns.get(runId) ?? run;
  return { run: after, report: store.runs.get(runId) ?? null };
}

/** Waits until a run is over, or until `waitMs` have passed, or the signal is aborted: the run itself goes on then. */
export async function followLiveRun(
  runtime: Runtime,
  runId: string,
  options: { signal: AbortSignal; waitMs?: number; onProgress?: (run: LiveRun) => void },
): Promise<LiveRunStatus> {
  const { clock } = runtime;
  const { signal, waitMs = Infinity, onProgress } = options;
  const untilMs = clock.monotonicMs() + waitMs;
  let told = '';
  for (;;) {
    const status = liveRunStatus(runtime, runId);
    const now = JSON.stringify([status.run.state, status.run.progress]);
    if (now !== told) onProgress?.(status.run);
    told = now;
    const leftMs = untilMs - clock.monotonicMs();
    if (isOver(status.run) || leftMs <= 0 || signal.aborted) return status;
    const lookedAtMs = clock.wallMs();
    await clock.sleep(Math.min(LOOK_MS, leftMs), signal).catch(() => undefined);
    if (clock.wallMs() - lookedAtMs > AWAY_MS) await clock.sleep(WAKE_MS, signal).catch(() => undefined);
  }
}

/** Tells a run to stop, waits until it has, and ends its process where it does not. Of one that is over nothing changes. Throws E_RUN_UNKNOWN. */
export async function cancelLiveRun(
  runtime: Runtime,
  runId: string,
  withinMs: number = STOP_WITHIN_MS,
): Promise<LiveRunStatus> {
  const { liveRuns } = runtime.openStore();
  if (!liveRuns.requestCancel(runId)) return liveRunStatus(runtime, runId);
  const signal = new AbortController().signal;
  const status = await followLiveRun(runtime, runId, { signal, waitMs: withinMs });
  if (isOver(status.run)) return status;
  endProcess(status.run);
  const nowMs = runtime.clock.wallMs();
  liveRuns.transition(runId, { state: 'cancelled', endedAtMs: nowMs }, nowMs);
  return liveRunStatus(runtime, runId);
}

export function isOver({ state }: Pick<LiveRun, 'state'>): boolean {
  return state === 'completed' || state === 'failed' || state === 'cancelled';
}

/** With everything it started: it leads a group of its own. By now its id may be that of a stranger, who has no such argument. */
function endProcess({ pid, runId }: LiveRun): void {
  if (pid === null || commandLineOf(pid)?.includes(runId) !== true) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

function whatOf(request: LiveRequest): string {
  switch (request.kind) {
    case 'tool':
      return `${request.tool} ${request.command}`;
    case 'verify':
      return `verify ${request.finding}`;
    case 'workflow':
      return `run ${request.workflow}`;
    default:
      return 'check';
  }
}

function definedOnly(env: Runtime['env']): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}
