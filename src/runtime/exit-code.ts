import { errorCodes } from '../core/errors.ts';
import type { Coverage } from '../core/coverage.ts';
import type { Finding } from '../core/finding.ts';
import { type Diagnostic, type ExitCode, failsOn, type Report, type ReportStatus } from '../core/report.ts';
import type { Severity } from '../core/severity.ts';

/** The exit code a report stands for: its error's, else 1 for fail, 3 for unknown, 0 for pass. */
export function exitCodeOf(report: Pick<Report, 'status' | 'error'>): ExitCode {
  const { error } = report;
  if (error) return errorCodes().find(({ code }) => code === error.code)?.exitCode ?? 3;
  if (report.status === 'fail') return 1;
  return report.status === 'unknown' ? 3 : 0;
}

/**
 * fail when a finding reaches the threshold or the command says so; unknown when nothing was checked,
 * the command says so, or an error in our own config or environment kept something from being checked.
 */
export function statusOf(run: {
  claimed: ReportStatus | undefined;
  findings: readonly Finding[];
  coverage: Coverage;
  diagnostics: readonly Diagnostic[];
  failOn: Severity;
}): ReportStatus {
  if (run.claimed === 'fail' || failsOn(run.findings, run.failOn)) return 'fail';
  const blind = run.coverage.checked.length === 0 || run.diagnostics.some(({ level }) => level === 'error');
  return run.claimed === 'unknown' || blind ? 'unknown' : 'pass';
}
