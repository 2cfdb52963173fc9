import { countBy } from '../../../core/group-by.ts';
import { type Percentiles, percentiles } from '../../../core/statistics/percentiles.ts';
import type { ProbeFacts, ProbeResult } from '../../../platform/probe/types.ts';
import type { MonitoredDependency } from '../collect/select.ts';

/** Too many requests (RFC 6585): it works, and has had enough of us. */
const TOO_MANY_REQUESTS = 429;

/** What probes saw of one dependency; suspect samples are counted, and left out of everything that is about time. */
export interface DependencyMeasure extends Percentiles {
  monitored: MonitoredDependency;
  /** In time order, without the suspect ones and those answered 429. */
  results: readonly ProbeResult[];
  suspect: number;
  /** Answered 429. */
  limited: number;
  /** Milliseconds of the successful probes, in time order. */
  latencies: readonly number[];
  /** Probes whose confirmations failed too. */
  failed: number;
  /** Why first tries failed, confirmed or not; most frequent first. */
  errorMix: readonly { cause: string; count: number }[];
  /** Of confirmed failures only. */
  causes: readonly { cause: string; count: number }[];
  /** What it said about itself last; empty when it said nothing. */
  facts: ProbeFacts;
}

export function measureDependency(
  monitored: MonitoredDependency,
  all: readonly ProbeResult[],
): DependencyMeasure {
  const inOrder = all.toSorted((a, b) => a.startedAtMs - b.startedAtMs);
  const usable = inOrder.filter(({ suspect }) => !suspect);
  const results = usable.filter((result) => !isLimited(result));
  const failures = results.filter(({ cold }) => !cold.success);
  const latencies = results.filter(({ cold }) => cold.success).map(({ cold }) => cold.totalMs);
  return {
    monitored,
    results,
    suspect: all.length - usable.length,
    limited: usable.length - results.length,
    latencies,
    failed: failures.length,
    errorMix: countCauses(results.flatMap((result) => firstTryCause(result) ?? [])),
    causes: countCauses(failures.map(({ cold }) => cold.cause ?? 'unknown')),
    facts: inOrder.findLast(saidSomething)?.cold.facts ?? {},
    ...percentiles(latencies),
  };
}

/** What a server says of itself in an answer is true however late we read it. */
function saidSomething({ suspect, cold }: ProbeResult): boolean {
  return Object.keys(cold.facts).length > 0 && (cold.success || !suspect);
}

export function isLimited({ cold }: ProbeResult): boolean {
  return cold.status === TOO_MANY_REQUESTS && !cold.success;
}

/** dns: some server answered. That is a finding about one server, not about the name. */
export function answersInPart(kind: string, { cold }: ProbeResult): boolean {
  return (
    kind === 'dns' && !cold.success && cold.cause !== 'assertion' && typeof cold.facts['answer'] === 'string'
  );
}

/** Why the first connection failed; null when it did not. A confirmation that worked does not undo that. */
export function firstTryCause({ cold, retryOf }: ProbeResult): string | null {
  if (retryOf) return retryOf.cause;
  return cold.success ? null : (cold.cause ?? 'unknown');
}

function countCauses(causes: readonly string[]): { cause: string; count: number }[] {
  return countBy(causes).map(({ key, count }) => ({ cause: key, count }));
}
