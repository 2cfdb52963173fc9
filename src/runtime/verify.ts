import { z } from 'zod';
import type { Block, Cell } from '../core/block.ts';
import { type Coverage, covers } from '../core/coverage.ts';
import { RearguardError } from '../core/errors.ts';
import { type Evidence, evidenceSchema, type Finding } from '../core/finding.ts';
import type { Report, ReportStatus } from '../core/report.ts';
import { findFinding } from './lookup.ts';
import type { RunResult } from './envelope.ts';
import { runOwnIsolated } from './live-runs/isolated.ts';
import { type OwnBody, ownCommand } from './own-command.ts';
import type { RunRequest, Runtime } from './runtime.ts';

export const verifyDataSchema = z.object({
  finding: z.string(),
  rule: z.string(),
  /** gone: its rule came to a verdict on its subject and did not report it. */
  verdict: z.enum(['gone', 'stands', 'cannot-tell']),
  /** Why it cannot be told; null otherwise. */
  reason: z.string().nullable(),
  /** Of the check that was run again. */
  runId: z.string(),
  before: z.object({ at: z.iso.datetime(), evidence: z.array(evidenceSchema) }),
  /** null unless it stands. */
  after: z.object({ at: z.iso.datetime(), evidence: z.array(evidenceSchema) }).nullable(),
});
export type VerifyData = z.infer<typeof verifyDataSchema>;
type Verdict = VerifyData['verdict'];

const STATUS: Readonly<Record<Verdict, ReportStatus>> = {
  gone: 'pass',
  stands: 'fail',
  'cannot-tell': 'unknown',
};

/**
 * Runs exactly the check that raised a finding again: exit 0 only if it is gone, 1 if it stands, 3 if that
 * cannot be told.
 */
export function runVerify(
  runtime: Runtime,
  findingId: string,
  options: {
    signal: AbortSignal;
    timeoutMs?: number | undefined;
    /** A tool of the user's own runs in a process of its own: this one is not for the check alone. Default: false. */
    isolateOwnTools?: boolean | undefined;
  },
): Promise<RunResult> {
  return ownCommand(runtime, 'verify', async () => {
    const before = findFinding(runtime.openStore(), findingId);
    const { check } = before.verify;
    const run = options.isolateOwnTools === true ? runOwnIsolated : runHere;
    const again = await run(runtime, {
      tool: check.tool,
      command: check.command,
      input: check.input,
      signal: options.signal,
      timeoutMs: options.timeoutMs,
    });
    if (options.signal.aborted) throw new RearguardError('E_INTERRUPTED');
    return { ...judge(before, again.report), rules: again.rules };
  });
}

function runHere(runtime: Runtime, request: RunRequest): Promise<RunResult> {
  return runtime.run(request);
}

function judge(before: Finding, report: Report): OwnBody {
  const after = report.findings.find(
    ({ fingerprint, state }) => fingerprint === before.fingerprint && state !== 'resolved',
  );
  const verdict: Verdict = after
    ? 'stands'
    : covers(report.coverage, before.rule, before.subject)
      ? 'gone'
      : 'cannot-tell';
  const reason = verdict === 'cannot-tell' ? reasonOf(report, before) : null;
  const resolved = report.findings.find(({ fingerprint }) => fingerprint === before.fingerprint);
  const data: VerifyData = {
    finding: before.id,
    rule: before.rule,
    verdict,
    reason,
    runId: report.runId,
    before: { at: before.lastSeen, evidence: before.evidence },
    after: after ? { at: report.startedAt, evidence: after.evidence } : null,
  };
  return {
    status: STATUS[verdict],
    summary: summarize(before, verdict, reason),
    findings: [after ?? resolved ?? before],
    sections: [compareEvidence(before, after, verdict)],
    data,
    coverage: coverageOf(report.coverage, before, verdict, reason),
    diagnostics: report.diagnostics,
    next: verdict === 'gone' ? ['rearguard check'] : [`rearguard findings show ${before.id}`],
  };
}

function reasonOf(report: Report, { subject, rule }: Finding): string {
  if (report.error) return report.error.message;
  const gap = report.coverage.notChecked.find(
    (entry) =>
      (entry.subject === undefined ||
        (entry.subject.kind === subject.kind && entry.subject.name === subject.name)) &&
      (entry.rules === undefined || entry.rules.includes(rule)),
  );
  return gap?.reason ?? `the check came to no verdict on ${subject.name}`;
}

function summarize({ id, title }: Finding, verdict: Verdict, reason: string | null): string {
  if (verdict === 'gone') return `${id} is gone: ${title}`;
  if (verdict === 'stands') return `${id} still stands: ${title}`;
  return `Cannot tell whether ${id} is gone: ${reason ?? ''}`;
}

/** Only what concerns this finding: a narrowed check says nothing about anything else. */
function coverageOf(coverage: Coverage, finding: Finding, verdict: Verdict, reason: string | null): Coverage {
  const subject = finding.subject;
  if (verdict === 'cannot-tell') {
    const gap = { subject, rules: [finding.rule], reason: reason ?? '' };
    return { checked: [], notChecked: [...coverage.notChecked, gap] };
  }
  return { checked: [{ subject, rules: [finding.rule] }], notChecked: coverage.notChecked };
}

function compareEvidence(before: Finding, after: Finding | undefined, verdict: Verdict): Block {
  const labels = [...new Set([...before.evidence, ...(after?.evidence ?? [])].map(({ label }) => label))];
  const cell = (evidence: Evidence | undefined): Cell =>
    evidence === undefined
      ? null
      : [evidence.value, evidence.unit].filter((part) => part !== undefined).join(' ');
  return {
    kind: 'table',
    title: `${before.title}: ${verdict === 'cannot-tell' ? 'not known' : verdict}`,
    columns: [
      { header: 'evidence' },
      { header: 'before', align: 'right' },
      { header: 'now', align: 'right' },
    ],
    rows: labels.map((label) => [
      label,
      cell(before.evidence.find((evidence) => evidence.label === label)),
      cell(after?.evidence.find((evidence) => evidence.label === label)),
    ]),
  };
}
