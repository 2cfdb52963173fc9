import type { CallToolResult } from '@modelcontextprotocol/server';
import { oneLine } from '../../core/text.ts';
import { cancelLiveRun, followLiveRun, isOver, startLiveRun } from '../../runtime/live-runs/live-runs.ts';
import { withKnowledge } from '../../runtime/knowledge/recall.ts';
import type { LiveRequest, LiveRunStatus } from '../../runtime/live-runs/types.ts';
import { type Call, isGone } from './call.ts';
import { callsOf } from './next-calls.ts';
import { runAnswer } from './run-answer.ts';

/** Clients give up after 60 s; an answer must be well on its way by 45. */
const WAIT_MS = 40_000;
/** What has no end of its own ends by itself all the same. */
export const DEFAULT_TIMEOUT_S = 600;

/** Makes a run in a process of its own and waits for its report as long as a client waits; after that the answer is the run's id. */
export async function runLive(call: Call, request: LiveRequest): Promise<CallToolResult> {
  const runId = await startLiveRun(call.runtime, request);
  return followRun(call, runId, { waitMs: WAIT_MS, cancelWithCall: true });
}

export async function followRun(
  call: Call,
  runId: string,
  options: { waitMs: number; cancelWithCall: boolean; cursor?: string | undefined },
): Promise<CallToolResult> {
  const status = await followLiveRun(call.runtime, runId, {
    signal: call.signal,
    waitMs: Math.min(options.waitMs, WAIT_MS),
    onProgress: ({ state, progress }) =>
      call.progress(
        progress === null ? state : `${progress.done} of ${progress.total}: ${oneLine(progress.what)}`,
      ),
  });
  const isCancelled = options.cancelWithCall && call.signal.aborted && !isGone(call.signal);
  const ended = isCancelled && !isOver(status.run) ? await cancelLiveRun(call.runtime, runId) : status;
  return runAnswer(await withCalls(call, ended), options.cursor);
}

/** With what people know of its findings, and with what to do next as calls of this server. */
export async function withCalls({ runtime }: Call, status: LiveRunStatus): Promise<LiveRunStatus> {
  if (status.report === null) return status;
  // What the store keeps is without it, because people go on writing.
  const { report } = await withKnowledge(runtime.config, { report: status.report, exitCode: 0, rules: [] });
  return { ...status, report: { ...report, next: await callsOf(report.next, runtime.catalog) } };
}
