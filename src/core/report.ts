import { z } from 'zod';
import { blockSchema } from './block.ts';
import { coverageSchema } from './coverage.ts';
import { type Finding, findingSchema } from './finding.ts';
import { insightSchema } from './insight.ts';
import { metricValueSchema } from './metric.ts';
import { isAtLeast, SEVERITIES, type Severity } from './severity.ts';

/** Additive changes keep the number; a field that changes its meaning or goes raises it. */
export const REPORT_SCHEMA_VERSION = 1;

export const reportStatusSchema = z.enum(['pass', 'fail', 'unknown']);
export type ReportStatus = z.infer<typeof reportStatusSchema>;

export const reportErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
});
export type ReportError = z.infer<typeof reportErrorSchema>;

/** A problem in our own config or environment; never mixed with findings. */
export const diagnosticSchema = z.object({
  level: z.enum(['error', 'warning', 'note']),
  message: z.string(),
  hint: z.string().optional(),
});
export type Diagnostic = z.infer<typeof diagnosticSchema>;

/** The one envelope of every command on every surface. */
export const reportSchema = z.object({
  schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
  tool: z.string(),
  command: z.string(),
  runId: z.string(),
  startedAt: z.iso.datetime(),
  durationMs: z.number().nonnegative(),
  status: reportStatusSchema,
  /** One sentence. */
  summary: z.string(),
  /** Findings by severity; muted and resolved ones are not counted. */
  counts: z.object({
    critical: z.number().int(),
    high: z.number().int(),
    medium: z.number().int(),
    low: z.number().int(),
    info: z.number().int(),
  }),
  findings: z.array(findingSchema),
  insights: z.array(insightSchema),
  metrics: z.array(metricValueSchema),
  sections: z.array(blockSchema),
  /** The command's own part; its schema is published as `<tool>.<command>`. */
  data: z.unknown(),
  coverage: coverageSchema,
  diagnostics: z.array(diagnosticSchema),
  page: z
    .object({ limit: z.number().int(), total: z.number().int(), nextCursor: z.string().optional() })
    .optional(),
  /** Files this run wrote. */
  artifacts: z.array(z.object({ kind: z.string(), path: z.string() })),
  /** Exact commands worth running now. */
  next: z.array(z.string()),
  error: reportErrorSchema.optional(),
});
export type Report = z.infer<typeof reportSchema>;

export function countBySeverity(findings: readonly Finding[]): Report['counts'] {
  const counts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const finding of findings) if (isOpen(finding)) counts[finding.severity] += 1;
  return counts;
}

/** New, ongoing or regressed. */
export function isOpen(finding: Finding): boolean {
  return finding.state !== 'muted' && finding.state !== 'resolved';
}

export function worstOpenSeverity(findings: readonly Finding[]): Severity | undefined {
  return SEVERITIES.find((severity) =>
    findings.some((finding) => isOpen(finding) && finding.severity === severity),
  );
}

/** Whether any open finding is at or above the threshold of `--fail-on`. */
export function failsOn(findings: readonly Finding[], threshold: Severity): boolean {
  const worst = worstOpenSeverity(findings);
  return worst !== undefined && isAtLeast(worst, threshold);
}

/** 0 pass, 1 findings at or above the threshold, 2 usage, 3 could not measure, 4 confirmation needed, 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 130;
