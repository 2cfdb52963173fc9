import { counted } from '../core/counted.ts';
import type { Block, Tone } from '../core/block.ts';
import { type Coverage, mergeCoverage } from '../core/coverage.ts';
import { formatDuration } from '../core/duration.ts';
import { RearguardError } from '../core/errors.ts';
import { type Finding, FINDING_STATES } from '../core/finding.ts';
import type { Insight } from '../core/insight.ts';
import { type Diagnostic, isOpen, type Report, type ReportStatus } from '../core/report.ts';
import type { Severity } from '../core/severity.ts';
import type { CheckData } from './check-data.ts';
import type { RunResult } from './envelope.ts';
import { statusOf } from './exit-code.ts';
import type { OwnBody } from './own-command.ts';
import { rank } from './rank.ts';
import type { StepOutcome } from './workflow.ts';

/** Enough to go on with; a person reads no more. */
const MAX_NEXT = 5;

/** There is nothing here to look at: that says nothing about the backend, and nothing went wrong. */
const NOTHING_THERE = 'E_NOTHING_TO_CHECK';

type Outcome = StepOutcome<RunResult>;

/** One step in a report: what became of it. */
export type OutcomeRow = { name: string } & Omit<CheckData['tools'][number], 'tool'>;

export interface MergedOutcomes extends Omit<OwnBody, 'data' | 'findings'> {
  findings: Finding[];
  rows: OutcomeRow[];
  states: CheckData['states'];
  /** Of the steps that finished, in order. */
  reports: Report[];
}

/** The outcomes of several steps as one: every finding once and ranked, every gap named. Sections are left to whoever asks. */
export function mergeOutcomes(
  outcomes: readonly Outcome[],
  run: {
    failOn: Severity;
    /** What was left alone on purpose. */
    notPart: Coverage['notChecked'];
    interrupted: boolean;
    /** Codes of errors of a step that are no failure of the whole: they stand in the coverage. */
    passOver?: readonly string[];
  },
): MergedOutcomes {
  const passOver = new Set([NOTHING_THERE, ...(run.passOver ?? [])]);
  const results = outcomes.flatMap((outcome) => (outcome.state === 'finished' ? [outcome.result] : []));
  const reports = results.map(({ report }) => report);
  const findings = rank(
    distinctBy(
      reports.flatMap((report) => report.findings),
      (finding) => finding.fingerprint,
    ),
  );
  const coverage = mergeCoverage([
    ...reports.map((report) => report.coverage),
    { checked: [], notChecked: [...outcomes.flatMap(gapsOf), ...run.notPart] },
  ]);
  const diagnostics = distinctBy(
    [
      ...reports.flatMap((report) => report.diagnostics),
      ...outcomes.flatMap((outcome) => diagnosticsOf(outcome, passOver)),
    ],
    ({ message }) => message,
  );
  const rows = outcomes.map(rowOf);
  const states = countStates(findings);
  const status = statusOf({
    claimed: claimOf(rows, passOver),
    findings,
    coverage,
    diagnostics,
    failOn: run.failOn,
  });
  const error = errorOf(outcomes, coverage, run.interrupted);
  return {
    status: error && status === 'pass' ? 'unknown' : status,
    summary: summarize(findings, states, coverage, run.notPart.length),
    findings,
    insights: mergeInsights(reports),
    metrics: reports.flatMap((report) => report.metrics),
    coverage,
    diagnostics,
    artifacts: reports.flatMap((report) => report.artifacts),
    next: nextCommands(findings, reports),
    ...(error ? { error } : {}),
    rules: results.flatMap(({ rules }) => rules),
    rows,
    states,
    reports,
  };
}

/** A tool that has nothing here to look at says nothing about the backend, unless no tool has. */
function claimOf(rows: readonly OutcomeRow[], passOver: ReadonlySet<string>): ReportStatus | undefined {
  if (rows.some(({ status }) => status === 'fail')) return 'fail';
  const blind = rows.some(({ status, error }) => status === 'unknown' && !passOver.has(error?.code ?? ''));
  return blind ? 'unknown' : undefined;
}

/** The reason why nothing at all was seen; a tool's own failure otherwise stays with that tool. */
function errorOf(
  outcomes: readonly Outcome[],
  coverage: Coverage,
  interrupted: boolean,
): Report['error'] | undefined {
  if (interrupted) return new RearguardError('E_INTERRUPTED').toReportError();
  const errors = outcomes.flatMap((outcome) => rowOf(outcome).error ?? []);
  const storeError = errors.find(({ code }) => code.startsWith('E_STORE_'));
  if (storeError) return storeError;
  return coverage.checked.length === 0 ? errors[0] : undefined;
}

function gapsOf(outcome: Outcome): Coverage['notChecked'] {
  if (outcome.state === 'late') {
    return [
      {
        reason: `${outcome.name} did not finish within ${formatDuration(outcome.limitMs)}`,
        hint: 'Give it more time (`check.budget`, or those of the workflow), or run it on its own.',
      },
    ];
  }
  if (outcome.state === 'interrupted') return [{ reason: `${outcome.name} was interrupted` }];
  const { error } = rowOf(outcome);
  // A store that failed kept nothing from being checked.
  if (!error || error.code.startsWith('E_STORE_')) return [];
  const { message, hint } = error;
  return [{ reason: `${outcome.name}: ${message}`, ...(hint === undefined ? {} : { hint }) }];
}

function diagnosticsOf(outcome: Outcome, passOver: ReadonlySet<string>): Diagnostic[] {
  const { error } = rowOf(outcome);
  if (!error || passOver.has(error.code)) return [];
  const { message, hint } = error;
  return [
    { level: 'error', message: `${outcome.name}: ${message}`, ...(hint === undefined ? {} : { hint }) },
  ];
}

function rowOf(outcome: Outcome): OutcomeRow {
  const common = { name: outcome.name, state: outcome.state, durationMs: outcome.durationMs };
  if (outcome.state === 'finished') {
    const { command, status, summary, runId, error } = outcome.result.report;
    return { ...common, command, status, summary, runId, ...(error ? { error } : {}) };
  }
  const error = outcome.state === 'failed' ? outcome.error.toReportError() : undefined;
  return {
    ...common,
    command: null,
    status: 'unknown',
    summary: error?.message ?? (outcome.state === 'late' ? 'Did not finish in time.' : 'Interrupted.'),
    runId: null,
    ...(error ? { error } : {}),
  };
}

function countStates(findings: readonly Finding[]): CheckData['states'] {
  const states = { new: 0, ongoing: 0, regressed: 0, resolved: 0, muted: 0 };
  for (const { state } of findings) states[state] += 1;
  return states;
}

/** `3 findings: 1 new, 2 ongoing; 1 resolved.` and what stays in the dark. */
function summarize(
  findings: readonly Finding[],
  states: CheckData['states'],
  coverage: Coverage,
  leftAlone: number,
): string {
  const subjects = new Set(coverage.checked.map(({ subject }) => `${subject.kind} ${subject.name}`)).size;
  if (subjects === 0) return 'Nothing could be checked.';
  const open = findings.filter(isOpen).length;
  const inStates = FINDING_STATES.filter((state) => states[state] > 0).map(
    (state) => `${states[state]} ${state}`,
  );
  const gaps = coverage.notChecked.length - leftAlone;
  return [
    `${open === 0 ? 'No' : open} open finding${open === 1 ? '' : 's'} over ${counted(subjects, 'subject')}`,
    inStates.length > 0 ? ` (${inStates.join(', ')})` : '',
    gaps > 0 ? `; ${counted(gaps, 'part')} not checked` : '',
    '.',
  ].join('');
}

const TONES: Readonly<Record<ReportStatus, Tone>> = { pass: 'good', fail: 'bad', unknown: 'warn' };

export function outcomeTable(title: string, header: string, rows: readonly OutcomeRow[]): Block {
  return {
    kind: 'table',
    title,
    columns: [{ header }, { header: 'result' }, { header: 'took', align: 'right' }, { header: '' }],
    rows: rows.map(({ name, status, durationMs, summary }) => [
      name,
      { text: status, tone: TONES[status] },
      formatDuration(durationMs),
      summary,
    ]),
  };
}

/** In the order of their tools' own priorities, numbered anew. */
function mergeInsights(reports: readonly Report[]): Insight[] {
  return reports
    .flatMap((report) => report.insights)
    .toSorted((a, b) => a.priority - b.priority)
    .map((insight, index) => ({ ...insight, priority: index + 1 }));
}

function nextCommands(findings: readonly Finding[], reports: readonly Report[]): string[] {
  const [worst] = findings.filter(isOpen);
  const own = worst ? [`rearguard findings show ${worst.id}`, worst.verify.argv.join(' ')] : [];
  return [...new Set([...own, ...reports.flatMap((report) => report.next)])].slice(0, MAX_NEXT);
}

function distinctBy<Value>(values: readonly Value[], keyOf: (value: Value) => string): Value[] {
  return [...new Map(values.toReversed().map((value) => [keyOf(value), value])).values()].toReversed();
}
