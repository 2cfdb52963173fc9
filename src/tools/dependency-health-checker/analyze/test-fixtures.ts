import type { Dependency } from '../../../config/dependencies.ts';
import type {
  Phases,
  ProbeCause,
  ProbeFacts,
  ProbeResult,
  TlsSummary,
} from '../../../platform/probe/types.ts';
import { kindOf, planFor } from '../collect/plan.ts';
import type { MonitoredDependency } from '../collect/select.ts';
import { dependencyOptionsSchema } from '../options.ts';
import { type DependencyMeasure, measureDependency } from './measure.ts';

/** Builders for the tests of the pure analysis: a dependency, and what probes of it saw. */

export const OPTIONS = dependencyOptionsSchema.parse({});

export function dependencyFixture(name: string, more: Partial<Dependency> = {}): Dependency {
  return {
    name,
    url: `https://${name}.test/health`,
    scheme: 'https',
    neededBy: [],
    behind: [],
    optional: false,
    headers: {},
    origin: 'dependencies',
    ...more,
  };
}

export function monitoredFixture(name: string, more: Partial<Dependency> = {}): MonitoredDependency {
  const dependency = dependencyFixture(name, more);
  return {
    name,
    kind: kindOf(dependency.scheme),
    location: dependency.url,
    dependency,
    plan: planFor(dependency, OPTIONS),
    intervalMs: 30_000,
    latencyMs: dependency.latencyMs ?? null,
  };
}

/** A latency in ms for a success, a cause for a failure that was confirmed. */
export type Seen = number | ProbeCause;

export interface SeenMore {
  facts?: ProbeFacts;
  status?: number;
  retryOf?: ProbeCause;
  hops?: readonly { url: string; tls: TlsSummary | null }[];
}

const PHASES: Phases = {
  queue: 0,
  dns: null,
  connect: 0.2,
  tls: null,
  request: 0.1,
  ttfb: 1,
  transfer: null,
};

export function resultFixture(
  name: string,
  seen: Seen,
  startedAtMs: number,
  more: SeenMore = {},
): ProbeResult {
  const success = typeof seen === 'number';
  const totalMs = success ? seen : 1;
  return {
    id: name,
    startedAtMs,
    cold: {
      success,
      cause: success ? null : seen,
      message: success ? null : `it failed: ${seen}`,
      status: more.status ?? (success ? 200 : null),
      phases: PHASES,
      totalMs,
      hops: (more.hops ?? []).map((hop) => ({
        ...hop,
        address: null,
        httpVersion: null,
        status: null,
        phases: PHASES,
        totalMs,
        bytes: 0,
      })),
      failedAssertions: [],
      facts: more.facts ?? {},
    },
    warm: null,
    loopLagMs: 0,
    suspect: false,
    retryOf: more.retryOf === undefined ? null : { cause: more.retryOf, message: 'first try' },
    attempts: success ? 1 : 3,
  };
}

export function measureFixture(
  monitored: MonitoredDependency,
  seen: readonly Seen[],
  more: SeenMore = {},
): DependencyMeasure {
  return measureDependency(
    monitored,
    seen.map((value, index) => resultFixture(monitored.name, value, index * 1_000, more)),
  );
}

export function repeat<T>(value: T, count: number): T[] {
  return Array.from({ length: count }, () => value);
}
