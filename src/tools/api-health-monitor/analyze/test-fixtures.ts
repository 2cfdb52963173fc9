import type { HttpTarget } from '../../../config/targets.ts';
import type {
  Phases,
  ProbeCause,
  ProbeOutcome,
  ProbeResult,
  TlsSummary,
} from '../../../platform/probe/types.ts';
import type { Endpoint } from '../collect/endpoints.ts';
import { endpointSchema } from '../options.ts';
import { type EndpointMeasure, measureEndpoint } from './measure.ts';

/** Builders for the tests of the pure analysis: an endpoint, and what probes of it saw. */

export function endpointFixture(path: string, target = 'shop', p95Ms = 200): Endpoint {
  const http: HttpTarget = { kind: 'http', name: target, baseUrl: 'http://127.0.0.1:3000', headers: {} };
  return {
    name: `${target} GET ${path}`,
    target: http,
    method: 'GET',
    path,
    options: endpointSchema.parse({ path }),
    objective: { p95Ms, availability: 99.9 },
    intervalMs: 30_000,
    timeoutMs: 5_000,
  };
}

/** A latency in ms for a success, a cause for a failure. */
export type Seen = number | ProbeCause;

/** Probes 250 ms apart, as a round makes them. */
export function measureFixture(
  endpoint: Endpoint,
  seen: readonly Seen[],
  options: { tls?: TlsSummary; suspect?: boolean } = {},
): EndpointMeasure {
  return measureEndpoint(
    endpoint,
    seen.map((value, index) => probeFixture(endpoint, value, index * 250, options)),
  );
}

export function probeFixture(
  endpoint: Endpoint,
  seen: Seen,
  startedAtMs: number,
  options: { tls?: TlsSummary; suspect?: boolean } = {},
): ProbeResult {
  const success = typeof seen === 'number';
  const totalMs = success ? seen : 1;
  const phases: Phases = {
    queue: 0,
    dns: null,
    connect: 0.2,
    tls: null,
    request: 0.1,
    ttfb: totalMs - 0.4,
    transfer: 0.1,
  };
  const cold: ProbeOutcome = {
    success,
    cause: success ? null : seen,
    message: success ? null : `it failed: ${seen}`,
    status: success ? 200 : null,
    phases,
    totalMs,
    hops: [
      {
        url: endpoint.target.baseUrl + endpoint.path,
        address: '127.0.0.1',
        httpVersion: '1.1',
        status: success ? 200 : null,
        phases,
        totalMs,
        bytes: 100,
        tls: options.tls ?? null,
      },
    ],
    failedAssertions: [],
    facts: {},
  };
  return {
    id: endpoint.name,
    startedAtMs,
    cold,
    warm: null,
    loopLagMs: 0,
    suspect: options.suspect ?? false,
    retryOf: null,
  };
}

export function repeat<T>(value: T, count: number): T[] {
  return Array.from({ length: count }, () => value);
}
