import type { CallToolResult } from '@modelcontextprotocol/server';
import { RearguardError } from '../../core/errors.ts';
import type { Report } from '../../core/report.ts';
import { capText, oneLine, quoteForeign } from '../../core/text.ts';
import { renderReport } from '../../output/render.ts';
import { isOver } from '../../runtime/live-runs/live-runs.ts';
import type { LiveRunStatus } from '../../runtime/live-runs/types.ts';
import { estimateTokens, largestThatFits, MAX_RESULT_TOKENS } from './budget.ts';
import { answer, briefError, briefFinding, type Envelope } from './envelope.ts';
import { written } from './next-calls.ts';

/** Findings of one page of a report. */
const PAGE = 20;
const WIDTH = 100;
const MAX_SUMMARY = 500;
const MAX_PROGRESS = 200;
const MAX_NEXT = 8;

/** How a run stands; once it has a report, that, a page of its findings at a time. */
export function runAnswer({ run, report }: LiveRunStatus, cursor?: string): CallToolResult {
  if (report !== null) return reportAnswer(report, run.state, cursor);
  const { runId, state, progress, error, what } = run;
  const isEnded = isOver(run);
  const done =
    progress === null
      ? ''
      : `, ${progress.done} of ${progress.total}: ${quoteForeign(progress.what, MAX_PROGRESS)}`;
  const summary = error === null ? `${what} is ${state}${done}.` : `${what}: ${oneLine(error.message)}`;
  const next = isEnded ? [] : [written('run_status', { runId }), written('run', { action: 'cancel', runId })];
  const envelope: Envelope = {
    status: 'unknown',
    summary: capText(oneLine(summary), MAX_SUMMARY),
    runId,
    state,
    next,
  };
  const shown = error === null ? null : briefError(error);
  const code =
    shown === null
      ? []
      : [`${shown.code}: ${shown.message}`, ...(shown.hint === undefined ? [] : [`hint: ${shown.hint}`])];
  const text = [
    `${state.toUpperCase()} run ${runId}`,
    envelope.summary,
    ...code,
    ...next.map((line) => `next: ${line}`),
  ];
  const result = answer(envelope, text.join('\n'));
  return state === 'failed' ? { ...result, isError: true } : result;
}

function reportAnswer(report: Report, state: string, cursor: string | undefined): CallToolResult {
  const from = cursor === undefined ? 0 : startOf(cursor, report);
  const left = report.findings.length - from;
  const most = Math.max(1, Math.min(PAGE, left));
  const whole = pageOf(report, state, from, most);
  if (isSmall(whole)) return whole;
  const bare: Report = { ...report, sections: [] };
  const size = largestThatFits(most, (count) => isSmall(pageOf(bare, state, from, count)));
  const page = pageOf(bare, state, from, size);
  return isSmall(page) ? page : shortened(report, page);
}

function pageOf(report: Report, state: string, from: number, size: number): CallToolResult {
  const findings = report.findings.slice(from, from + size);
  const rest = report.findings.length - from - findings.length;
  const nextCursor = rest > 0 ? `${report.runId}.${from + findings.length}` : undefined;
  const envelope = envelopeOf(report, state, nextCursor);
  // Of the first page, what the whole report says; later ones are about their findings alone.
  const shown: Report =
    from === 0
      ? { ...report, findings }
      : { ...report, findings, insights: [], sections: [], diagnostics: [], next: [] };
  const text = renderReport(shown, 'text', {
    width: WIDTH,
    colors: false,
    rules: [],
    agent: true,
    detail: 'full',
  });
  const more =
    rest > 0
      ? [`${rest} more findings: ${written('run_status', { runId: report.runId, cursor: nextCursor })}`]
      : [];
  return failedOrNot(
    report,
    answer(
      { ...envelope, findings: findings.map(briefFinding) },
      [text.trimEnd(), runLine(report), ...more].join('\n'),
    ),
  );
}

/** One finding, or the sections, are too much: the verdict, the heads of what was found, and where everything is. */
function shortened(report: Report, page: CallToolResult): CallToolResult {
  const envelope = page.structuredContent as Envelope;
  const plain = renderReport(
    {
      ...report,
      findings: [],
      insights: report.insights.slice(0, 3),
      sections: [],
      coverage: { ...report.coverage, notChecked: [] },
    },
    'text',
    { width: WIDTH, colors: false, rules: [], agent: true },
  );
  const whole = [
    plain.trimEnd(),
    ...(envelope.findings ?? []).map(
      ({ id, severity, state, title }) => `${severity.toUpperCase()} ${id} ${state}: ${title}`,
    ),
    ...(envelope.nextCursor === undefined
      ? []
      : [`more findings: ${written('run_status', { runId: report.runId, cursor: envelope.nextCursor })}`]),
  ].join('\n');
  const room = largestThatFits(whole.length, (length) =>
    isSmall(answer({ ...envelope }, capText(whole, length))),
  );
  const text = `${capText(whole, room - 200)}\nThis is cut. ${runLine(report)}`;
  return failedOrNot(report, answer({ ...envelope }, text));
}

function envelopeOf(report: Report, state: string, nextCursor: string | undefined): Envelope {
  return {
    status: report.status,
    summary: capText(oneLine(report.summary), MAX_SUMMARY),
    runId: report.runId,
    state,
    ...(nextCursor === undefined ? {} : { nextCursor }),
    next: report.next.slice(0, MAX_NEXT).map((line) => capText(oneLine(line), MAX_SUMMARY)),
  };
}

/** A run that could not measure at all is a failure of the call; one that found something is not. */
function failedOrNot({ error, data }: Report, result: CallToolResult): CallToolResult {
  if (error === undefined || data !== null) return result;
  const structuredContent = { ...(result.structuredContent as object), error: briefError(error) };
  return { ...result, isError: true, structuredContent };
}

function runLine({ runId }: Report): string {
  return `run ${runId}; the whole report is the resource rearguard://runs/${runId}`;
}

function startOf(cursor: string, { runId, findings }: Report): number {
  const at = Number(cursor.slice(runId.length + 1));
  if (cursor.startsWith(`${runId}.`) && Number.isInteger(at) && at >= 0 && at <= findings.length) return at;
  throw new RearguardError('E_USAGE', {
    message: `The cursor is none of run ${runId}.`,
    hint: 'Use nextCursor of the answer before, as it stands.',
  });
}

/** What the protocol puts around a result. */
const FRAME_TOKENS = 200;

export function isSmall(result: CallToolResult): boolean {
  return estimateTokens(JSON.stringify(result)) <= MAX_RESULT_TOKENS - FRAME_TOKENS;
}
