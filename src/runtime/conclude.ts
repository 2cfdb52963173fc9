import { formatPath } from '../config/source.ts';
import type { Coverage } from '../core/coverage.ts';
import { RearguardError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { type Diagnostic, type Report, reportSchema } from '../core/report.ts';
import type { IdentifiedDraft } from '../store/store.ts';
import type { ReportDraft } from '../tools/define.ts';
import { composeReport, type RunFrame, type RunResult } from './envelope.ts';
import { exitCodeOf, statusOf } from './exit-code.ts';
import { identify } from './identify.ts';
import { leftOut } from './left-out.ts';
import type { PreparedRun, RunnerParts, RunRequest } from './prepare.ts';
import { rank } from './rank.ts';
import { recordReport, whyTooLarge } from './record-report.ts';
import type { StoreAccess } from './store-access.ts';

/**
 * Makes the Report of what a command measured: redacts it, gives findings their identity and, through the
 * store, their state, decides the status and records the run. A store that fails costs the exit code, not the report.
 */
export function concludeRun(
  parts: RunnerParts,
  request: RunRequest,
  run: PreparedRun,
  frame: RunFrame,
  access: StoreAccess,
  measured: ReportDraft,
): RunResult {
  assertBounded(run, measured);
  const draft = run.redactor.deep(measured);
  const left = leftOut(run);
  const coverage: Coverage = {
    checked: draft.coverage.checked,
    notChecked: [...draft.coverage.notChecked, ...left.notChecked],
  };
  const diagnostics = [
    ...left.diagnostics,
    ...(draft.diagnostics ?? []),
    ...dataMismatch(run, request, measured),
  ];
  const compose = (findings: Finding[], status: Report['status']): Report =>
    composeReport(frame, {
      status,
      summary: draft.summary,
      findings,
      insights: [...(draft.insights ?? [])],
      metrics: [...(draft.metrics ?? [])],
      sections: [...draft.sections],
      data: draft.data ?? null,
      coverage,
      diagnostics,
      artifacts: draft.artifacts ?? [],
      next: [...(draft.next ?? [])],
    });

  const found = identify(draft.findings, run.tool);
  const nowMs = parts.clock.wallMs();
  // Before anything is stored: a finding of a wrong shape would stay for every later run.
  const unstored = compose(
    found.map((draft) => provisional(draft, nowMs)),
    'unknown',
  );
  assertReportable(run, unstored);
  assertSmall(run, unstored);

  const { store } = access;
  const findings = rank(store.findings.apply({ tool: run.tool.name, coverage, found, nowMs }));
  const failOn = request.failOn ?? parts.config.failOn;
  const status = statusOf({ claimed: draft.status, findings, coverage, diagnostics, failOn });
  const report = compose(findings, status);
  recordReport(store.runs, report);
  store.maintain(nowMs);
  return finish(run, report, access);
}

/** More than anybody reads, or the store should have to keep, from a tool of the user's own. */
const MAX_OWN_FINDINGS = 10_000;

function assertBounded({ entry, tool }: PreparedRun, { findings }: ReportDraft): void {
  if (entry.origin === 'built-in' || findings.length <= MAX_OWN_FINDINGS) return;
  const reason = `it reports ${findings.length} findings, and ${MAX_OWN_FINDINGS} are allowed`;
  throw new RearguardError('E_TOOL_CUT_OFF', { tool: tool.name, reason, origin: entry.origin });
}

function assertSmall({ entry, tool }: PreparedRun, report: Report): void {
  const reason = entry.origin === 'built-in' ? null : whyTooLarge(report);
  if (reason !== null)
    throw new RearguardError('E_TOOL_CUT_OFF', { tool: tool.name, reason, origin: entry.origin });
}

function finish(run: PreparedRun, measured: Report, access: StoreAccess): RunResult {
  const failure = access.failure();
  const report: Report =
    failure === undefined
      ? measured
      : {
          ...measured,
          status: measured.status === 'pass' ? 'unknown' : measured.status,
          error: run.redactor.deep(failure.toReportError()),
        };
  return { report, exitCode: exitCodeOf(report), rules: run.tool.rules };
}

/** Data that its published schema does not describe is our defect; the measurement is still worth showing. */
function dataMismatch(run: PreparedRun, request: RunRequest, draft: ReportDraft): Diagnostic[] {
  const result = run.command.data.safeParse(draft.data);
  if (result.success) return [];
  const places = result.error.issues.map((issue) => formatPath(issue.path) || 'data').join(', ');
  return [
    {
      level: 'warning',
      message: `The data of ${run.tool.name} ${request.command} is not as its schema says: ${places}.`,
      hint: 'This is a defect of the tool.',
    },
  ];
}

function provisional(draft: IdentifiedDraft, nowMs: number): Finding {
  const at = new Date(nowMs).toISOString();
  return { ...draft, state: 'new', firstSeen: at, lastSeen: at };
}

function assertReportable(run: PreparedRun, report: Report): void {
  const result = reportSchema.safeParse(report);
  if (result.success) return;
  const [issue] = result.error.issues;
  const reason = `its report is wrong at ${formatPath(issue?.path ?? [])}: ${issue?.message ?? ''}`;
  if (run.entry.origin === 'built-in') throw new RearguardError('E_INTERNAL', { message: reason });
  throw new RearguardError('E_PLUGIN_INVALID', { origin: run.entry.origin, reason });
}
