import type { Finding } from '../../../core/finding.ts';
import { isOpen } from '../../../core/report.ts';

/** Rules that say that users of the backend feel something. */
const FELT =
  /^api-health-monitor\/(?:target-down|endpoint-failing|no-response|error-rate|flapping|unexpected-response|latency-objective|slow-tail|latency-regression)$|^error-analyzer\/(?:new-error|regressed-error|error-spike|escalating-error)$/;

/** What hurts, and since when. */
export interface Symptoms {
  findings: readonly Finding[];
  /** Endpoints among them, in full: `shop GET /orders`. */
  endpoints: readonly Finding[];
  /** Of the earliest; null without any. */
  sinceMs: number | null;
}

export function symptomsOf(findings: readonly Finding[]): Symptoms {
  const felt = findings.filter((finding) => isOpen(finding) && FELT.test(finding.rule));
  const times = felt.map(({ firstSeen }) => Date.parse(firstSeen));
  return {
    findings: felt,
    endpoints: felt.filter(({ subject }) => subject.kind === 'endpoint' || subject.kind === 'target'),
    sinceMs: times.length === 0 ? null : Math.min(...times),
  };
}
