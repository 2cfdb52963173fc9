import { PHASE_NAMES, type FlowTrace, type PhaseName } from '../trace.ts';

export interface StepTimings {
  step: string;
  request: string;
  runs: number;
  failed: number;
  p50Ms: number | null;
  p95Ms: number | null;
  maxMs: number | null;
  /** Median of each phase over the runs that did not fail; null for what never happened. */
  phases: Record<PhaseName, number | null>;
}

/** How long each step took over all runs, in the order of the flow. Runs in which it failed count, and their time does not. */
export function timingsOf(traces: readonly FlowTrace[]): StepTimings[] {
  const names = [...new Set(traces.flatMap(({ steps }) => steps.map(({ step }) => step)))];
  return names.map((step) => {
    const seen = traces.flatMap(({ steps }) => steps.filter((one) => one.step === step));
    const good = seen.filter(({ condition }) => condition === null);
    const totals = good.map(({ totalMs }) => totalMs);
    const phases = PHASE_NAMES.map((name): [PhaseName, number | null] => [
      name,
      quantile(
        good.flatMap((one) => one.phases[name] ?? []),
        0.5,
      ),
    ]);
    return {
      step,
      request: seen[0]?.request ?? '',
      runs: seen.length,
      failed: seen.length - good.length,
      p50Ms: quantile(totals, 0.5),
      p95Ms: quantile(totals, 0.95),
      maxMs: quantile(totals, 1),
      phases: Object.fromEntries(phases) as Record<PhaseName, number | null>,
    };
  });
}

/** The smallest value that at least this share of the values does not exceed (nearest rank); null of nothing. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
