import { RearguardError } from '../../core/errors.ts';
import { formatDuration } from '../../core/duration.ts';
import type { RunResult } from '../envelope.ts';
import { exitCodeOf } from '../exit-code.ts';
import type { RunRequest } from '../prepare.ts';
import type { Runtime } from '../runtime.ts';
import { cancelLiveRun, followLiveRun, isOver, startLiveRun } from './live-runs.ts';

/** Enough for what a tool measures; one that leaks ends itself instead of the machine. */
const MAX_HEAP_MIB = 512;
/** Sooner than a run that this one is a step of is ended itself: nobody would be left to end this one. */
const STOP_WITHIN_MS = 3_000;

/**
 * Runs a command; one of a tool of the user's own in a process of its own, so that one that loops, leaks, floods or ends its process takes nothing else
 * with it. Throws E_TOOL_CUT_OFF for such a one.
 */
export async function runOwnIsolated(runtime: Runtime, request: RunRequest): Promise<RunResult> {
  const entry = runtime.catalog.find(request.tool);
  const isOurs = entry.origin === 'built-in' || !runtime.isolatesOwnTools;
  if (isOurs) return runtime.run(request);
  const { tool, command, input, signal, timeoutMs } = request;
  const startedMs = runtime.clock.monotonicMs();
  const live = {
    kind: 'tool' as const,
    tool,
    command,
    input: (input ?? {}) as Record<string, unknown>,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  const runId = await startLiveRun(runtime, live, {
    maxHeapMiB: MAX_HEAP_MIB,
    ownerPid: process.pid,
    failOn: request.failOn,
  });
  let status = await followLiveRun(runtime, runId, { signal });
  const cutOff = (reason: string): RearguardError =>
    new RearguardError('E_TOOL_CUT_OFF', { tool: entry.name, reason, origin: entry.origin });
  if (!isOver(status.run)) {
    status = await cancelLiveRun(runtime, runId, STOP_WITHIN_MS);
    throw cutOff(`it had not ended after ${formatDuration(runtime.clock.monotonicMs() - startedMs)}`);
  }
  const { report, run } = status;
  if (report === null) throw cutOff(run.error?.message ?? 'its process ended without a report');
  const { rules } = await entry.load();
  return { report, exitCode: exitCodeOf(report), rules };
}
