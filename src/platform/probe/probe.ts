import { resolveAddress } from '../dns/resolve-address.ts';
import { probeConfirmed } from './confirm.ts';
import { probeHttp, type ProbeContext } from './http-probe.ts';
import { probeKind } from './kinds.ts';
import type { ProbePlan } from './plans.ts';
import { isSuspect } from './suspect.ts';
import type { PlanBase, ProbeResult } from './types.ts';

/** One active check of any kind. Never throws for anything the world does: every failure is a result with its cause. */
export async function probe(plan: ProbePlan, given: ProbeContext): Promise<ProbeResult> {
  const context = withNameServers(plan, given);
  if (!plan.confirmations) return attempt(plan, context);
  const { clock, signal } = context;
  const startMs = context.intendedAtMonotonicMs ?? clock.monotonicMs();
  const { intendedAtMonotonicMs: _, ...fresh } = context;
  return probeConfirmed(plan, { clock, signal, startMs }, (limit) =>
    attempt(
      { ...plan, timeoutMs: limit.timeoutMs },
      { ...(limit.isFirst ? context : fresh), signal: limit.signal },
    ),
  );
}

async function attempt(plan: ProbePlan, context: ProbeContext): Promise<ProbeResult> {
  if (plan.kind === 'http') return probeHttp(plan, context);
  const startedAtMs = context.clock.wallMs();
  context.loopLagMs?.();
  const cold = await probeKind(plan, context);
  const loopLagMs = context.loopLagMs?.() ?? 0;
  const suspect = isSuspect(loopLagMs, cold);
  return { id: plan.id, startedAtMs, cold, warm: null, loopLagMs, suspect, retryOf: null };
}

function withNameServers({ nameServers: servers }: PlanBase, context: ProbeContext): ProbeContext {
  if (servers === undefined) return context;
  const settings = { servers, search: [], ndots: 1, timeoutMs: 5_000, attempts: 2 };
  const base = context.resolver ?? resolveAddress;
  return { ...context, resolver: (host, request) => base(host, { ...request, settings, hosts: new Map() }) };
}
