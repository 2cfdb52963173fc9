import { systemClock } from '../clock.ts';
import { createNetGuard } from '../net-guard.ts';
import { probeHttp, type ProbeContext } from '../probe/http-probe.ts';
import type { HttpProbePlan, Phases, ProbeResult } from '../probe/types.ts';

/** A plan with a deadline that no healthy loopback server misses. */
export function testPlan(url: string, more: Partial<HttpProbePlan> = {}): HttpProbePlan {
  return {
    id: 'test',
    url,
    method: 'GET',
    headers: {},
    kind: 'http',
    httpVersion: '1.1',
    maxRedirects: 5,
    resolver: 'own',
    timeoutMs: 30_000,
    warm: false,
    assertions: [],
    maxBodyBytes: 65_536,
    ...more,
  };
}

export function runProbe(
  url: string,
  more: Partial<HttpProbePlan> = {},
  context: Partial<ProbeContext> = {},
): Promise<ProbeResult> {
  return probeHttp(testPlan(url, more), {
    clock: systemClock,
    guard: createNetGuard({ allowHosts: [] }),
    ...context,
  });
}

export function sumOf(phases: Phases): number {
  return Object.values(phases).reduce<number>((sum, value) => sum + (value ?? 0), 0);
}
