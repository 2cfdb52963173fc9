import type { DependencyGraph } from '../../../core/dependency-graph.ts';
import { matchesSubject } from '../../../core/subject-pattern.ts';

/** Someone who needs a dependency, as the config says. */
export interface ImpactUser {
  pattern: string;
  /** The dependency they need directly. */
  via: string;
  /** They work without it, only worse. */
  optional: boolean;
  /** Endpoints of the history that the pattern means. */
  endpoints: readonly EndpointEvidence[];
}

/** How calls of an endpoint went while the dependency failed, and while it worked; null where there were none. */
export interface EndpointEvidence {
  endpoint: string;
  failedWhileDown: number | null;
  failedWhileUp: number | null;
  /** Calls that were measured while it was down. */
  callsWhileDown: number;
}

export interface ImpactView {
  dependency: string;
  dependencies: readonly { name: string; via: string; optional: boolean }[];
  users: readonly ImpactUser[];
}

/** Calls of one minute, or of whatever a bucket is. */
export interface CallBucket {
  startMs: number;
  ok: number;
  failed: number;
}

/** What would break, and what history says about it. `calls` are the buckets of every endpoint that was measured. */
export function impactView(
  graph: DependencyGraph,
  name: string,
  own: readonly CallBucket[],
  calls: ReadonlyMap<string, readonly CallBucket[]>,
): ImpactView {
  const { dependencies, users } = graph.impactOf(name);
  const downAt = new Set(
    own.filter(({ ok, failed }) => failed > 0 && ok === 0).map(({ startMs }) => startMs),
  );
  const upAt = new Set(own.filter(({ ok, failed }) => ok > 0 && failed === 0).map(({ startMs }) => startMs));
  return {
    dependency: name,
    dependencies,
    users: users.map((user) => ({
      ...user,
      endpoints: [...calls]
        .filter(([endpoint]) => matchesSubject(user.pattern, { kind: 'endpoint', name: endpoint }))
        .map(([endpoint, buckets]) => evidenceOf(endpoint, buckets, downAt, upAt)),
    })),
  };
}

function evidenceOf(
  endpoint: string,
  buckets: readonly CallBucket[],
  downAt: ReadonlySet<number>,
  upAt: ReadonlySet<number>,
): EndpointEvidence {
  const whileDown = total(buckets.filter(({ startMs }) => downAt.has(startMs)));
  const whileUp = total(buckets.filter(({ startMs }) => upAt.has(startMs)));
  return {
    endpoint,
    failedWhileDown: whileDown.share,
    failedWhileUp: whileUp.share,
    callsWhileDown: whileDown.calls,
  };
}

function total(buckets: readonly CallBucket[]): { share: number | null; calls: number } {
  const failed = buckets.reduce((sum, bucket) => sum + bucket.failed, 0);
  const calls = buckets.reduce((sum, bucket) => sum + bucket.ok + bucket.failed, 0);
  return { share: calls === 0 ? null : failed / calls, calls };
}
