import type { CallToolResult, ServerContext, ToolAnnotations } from '@modelcontextprotocol/server';
import type { z } from 'zod';
import type { RunResult, Runtime } from '../../runtime/runtime.ts';
import { ReportedError } from './envelope.ts';

/** What a tool is called with, beside its arguments. */
export interface Call {
  runtime: Runtime;
  allowWrite: boolean;
  /** Aborted when the client cancels the call. Also when it goes away: `isGone` tells them apart. */
  signal: AbortSignal;
  /** How far it is; goes to the client if it asked for it. */
  progress(what: string): void;
}

/** One tool of the server. All four hints are explicit, because a client assumes the worst of what is left out. */
export interface McpTool<Schema extends z.ZodObject = z.ZodObject> {
  name: string;
  /** For people; left out where the name says it. */
  title?: string;
  /** What it does, when to use it, what it costs. */
  description: string;
  input: Schema;
  annotations: Required<Omit<ToolAnnotations, 'title'>>;
  run(args: z.infer<Schema>, call: Call): Promise<CallToolResult>;
}

/** A tool whose types have been checked and are no longer needed. */
export type AnyMcpTool = McpTool;

export function mcpTool<Schema extends z.ZodObject>(tool: McpTool<Schema>): AnyMcpTool {
  return tool;
}

/** A command of no tool says in its report that it failed; a client must hear it as a failure. */
export function reportOf({ report }: RunResult): RunResult['report'] {
  if (report.error !== undefined) throw new ReportedError(report.error);
  return report;
}

/** Of a call whose client went away; what it began goes on then, and can be asked for by its id. */
export function isGone(signal: AbortSignal): boolean {
  const reason: unknown = signal.reason;
  return signal.aborted && (reason as { code?: unknown } | null)?.code === 'CONNECTION_CLOSED';
}

const PROGRESS_EVERY_MS = 5_000;
const PROGRESS_AT_MOST_EVERY_MS = 500;

/**
 * Tells a client that asked for it how far a call is, and that it is still alive: clients give up on a call they hear nothing of. The figure is the
 * seconds that have passed, because it must grow with every message, and work turns out to be more than was thought.
 */
export function progressOf(
  { mcpReq }: Pick<ServerContext, 'mcpReq'>,
  nowMs: () => number,
): { tell(what: string): void; stop(): void } {
  const progressToken = mcpReq['_meta']?.progressToken;
  if (progressToken === undefined) return { tell: () => undefined, stop: () => undefined };
  const startedAtMs = nowMs();
  let sentAtMs = -Infinity;
  let message = 'started';
  const send = (): void => {
    const atMs = nowMs();
    if (atMs - sentAtMs < PROGRESS_AT_MOST_EVERY_MS) return;
    sentAtMs = atMs;
    const progress = Math.round(atMs - startedAtMs) / 1_000;
    const params = { progressToken, progress, message };
    // A client that is gone hears nothing; its call is being ended elsewhere.
    mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
  const timer = setInterval(send, PROGRESS_EVERY_MS);
  return {
    tell(what) {
      message = what;
      send();
    },
    stop: () => clearInterval(timer),
  };
}
