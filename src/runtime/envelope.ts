import { EMPTY_COVERAGE } from '../core/coverage.ts';
import { toRearguardError } from '../core/errors.ts';
import type { Rule } from '../core/finding.ts';
import { createRedactor, type Redactor } from '../core/redact.ts';
import { countBySeverity, type ExitCode, type Report, REPORT_SCHEMA_VERSION } from '../core/report.ts';
import type { Clock } from '../platform/clock.ts';
import { exitCodeOf } from './exit-code.ts';

/** What every command on every surface ends with. */
export interface RunResult {
  report: Report;
  exitCode: ExitCode;
  /** The catalogue behind the findings, for formats that carry it. */
  rules: readonly Rule[];
}

/** The name, time and identity of a run that is under way. */
export interface RunFrame {
  tool: string;
  command: string;
  runId: string;
  startedAtMs: number;
  /** So far. */
  durationMs(): number;
}

interface FrameParts {
  clock: Clock;
  random: () => number;
  /** The id that was promised for the next run, once. */
  takeRunId?: (() => string | undefined) | undefined;
}

export function openFrame(tool: string, command: string, { clock, random, takeRunId }: FrameParts): RunFrame {
  const startedAtMs = clock.wallMs();
  const startedMonotonicMs = clock.monotonicMs();
  return {
    tool,
    command,
    runId: takeRunId?.() ?? createRunId(startedAtMs, random),
    startedAtMs,
    durationMs: () => Math.max(0, clock.monotonicMs() - startedMonotonicMs),
  };
}

/** `20261122T104050-3f9a1c20`: sorts by time, and two runs of one second differ. */
export function createRunId(startedAtMs: number, random: () => number): string {
  const time = new Date(startedAtMs).toISOString().replace(/[-:]|\.\d+Z$/g, '');
  const tail = Math.floor(random() * 2 ** 32).toString(16);
  return `${time}-${tail.padStart(8, '0')}`;
}

/** The envelope; what a command does not say is empty. */
export function composeReport(
  frame: RunFrame,
  body: Pick<Report, 'status' | 'summary' | 'data'> & Partial<Report>,
): Report {
  return {
    schemaVersion: REPORT_SCHEMA_VERSION,
    tool: frame.tool,
    command: frame.command,
    runId: frame.runId,
    startedAt: new Date(frame.startedAtMs).toISOString(),
    durationMs: frame.durationMs(),
    counts: countBySeverity(body.findings ?? []),
    findings: [],
    insights: [],
    metrics: [],
    sections: [],
    coverage: EMPTY_COVERAGE,
    diagnostics: [],
    artifacts: [],
    next: [],
    ...body,
  };
}

/** A failure in the same envelope: the status is unknown, never pass, and no secret is in the message. */
export function failedRun(
  frame: RunFrame,
  thrown: unknown,
  redactor: Redactor = createRedactor([]),
  body: Partial<Report> = {},
): RunResult {
  const error = redactor.deep(toRearguardError(thrown).toReportError());
  const report = composeReport(frame, {
    ...body,
    status: 'unknown',
    summary: error.message,
    data: null,
    error,
  });
  return { report, exitCode: exitCodeOf(report), rules: [] };
}
