import { systemClock } from '../clock.ts';
import { createNetGuard } from '../net-guard.ts';
import type { ProbeContext } from '../probe/http-probe.ts';
import type { WireKind, WirePlan } from '../probe/plans.ts';
import { probe } from '../probe/probe.ts';
import type { ProbeOutcome, ProbeResult } from '../probe/types.ts';

/** A plan with a deadline that no healthy loopback server misses. */
export function wirePlan(kind: WireKind, port: number, more: Partial<WirePlan> = {}): WirePlan {
  return {
    id: 'test',
    kind,
    host: '127.0.0.1',
    port,
    resolver: 'own',
    encryption: 'none',
    timeoutMs: 30_000,
    ...more,
  };
}

export function runWirePlan(plan: WirePlan, context: Partial<ProbeContext> = {}): Promise<ProbeResult> {
  return probe(plan, { clock: systemClock, guard: createNetGuard({ allowHosts: [] }), ...context });
}

export async function runWire(
  kind: WireKind,
  port: number,
  more: Partial<WirePlan> = {},
): Promise<ProbeOutcome> {
  return (await runWirePlan(wirePlan(kind, port, more))).cold;
}
