import type { Coverage, FindingDraft } from 'rearguard';
import type { Measured } from './collect/monitor.ts';
import { RULES } from './rules.ts';

/** Pure: what was measured in, findings and coverage out. No clock, no requests, so that tests give it any case they like. */
export function assess(
  measured: readonly Measured[],
  { maxP95Ms }: { maxP95Ms: number },
): { findings: FindingDraft[]; coverage: Coverage } {
  const judged = measured.map((one) => ({ ...one, p95Ms: percentile(one.latenciesMs, 0.95) }));
  return {
    findings: judged.flatMap((one) =>
      one.p95Ms !== null && one.p95Ms > maxP95Ms ? [slowPath(one, one.p95Ms, maxP95Ms)] : [],
    ),
    coverage: {
      // A rule came to a verdict only where there is a figure; everything else is unknown, never fine.
      checked: judged
        .filter(({ p95Ms }) => p95Ms !== null)
        .map(({ name }) => ({ subject: { kind: 'endpoint', name }, rules: [RULES.slow.id] })),
      notChecked: judged
        .filter(({ p95Ms }) => p95Ms === null)
        .map(({ name, failures }) => ({
          subject: { kind: 'endpoint', name },
          reason: `no request was answered (${[...new Set(failures)].join(', ')})`,
        })),
    },
  };
}

function slowPath(one: Measured, p95Ms: number, maxP95Ms: number): FindingDraft {
  return {
    rule: RULES.slow.id,
    severity: RULES.slow.severity,
    confidence: 'likely',
    // Neither title nor subject holds a figure: the finding stays the same one when the figure moves.
    title: `${one.name} is slow`,
    subject: { kind: 'endpoint', name: one.name, location: one.url },
    evidence: [
      { label: 'p95', value: Math.round(p95Ms), unit: 'ms' },
      { label: 'objective', value: maxP95Ms, unit: 'ms' },
      { label: 'answers', value: one.latenciesMs.length },
    ],
    fix: {
      summary: RULES.slow.fix,
      steps: ['Look at what the handler waits for', 'Change it', 'Run the verify command'],
    },
    // The command and the input that raise this finding and no other: `rearguard verify` runs them again.
    check: { command: 'monitor', input: { target: one.target, path: one.path } },
  };
}

/** Nearest rank; null without values. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

/** How a path went over a span of time. */
export interface History {
  name: string;
  answered: number;
  failed: number;
  p50Ms: number | null;
  p95Ms: number | null;
  /** Median of the later half against that of the earlier one, 0.2 is a fifth slower; null where there is too little of either. */
  trend: number | null;
}

/** Fewer values in a half say nothing about a trend. */
const MIN_HALF = 5;

/** `values` in the order of time, null for a request that got no answer. */
export function historyOf(name: string, values: readonly (number | null)[]): History {
  const answered = values.filter((value) => value !== null);
  const half = Math.floor(answered.length / 2);
  const before = percentile(answered.slice(0, half), 0.5);
  const after = percentile(answered.slice(half), 0.5);
  const trend =
    before === null || after === null || before === 0 || half < MIN_HALF ? null : after / before - 1;
  return {
    name,
    answered: answered.length,
    failed: values.length - answered.length,
    p50Ms: percentile(answered, 0.5),
    p95Ms: percentile(answered, 0.95),
    trend,
  };
}
