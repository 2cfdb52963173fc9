import type { Clock } from '../clock.ts';
import type { AddressResolver } from '../dns/resolve-address.ts';
import type { NetGuard } from '../net-guard.ts';
import { openConnection } from './connect.ts';
import type { Deadline } from './deadline.ts';
import type { HttpChannel, WireAnswer, WireRequest } from './exchange.ts';
import { classifyFailure, type Failure } from './failure.ts';
import { finishHop, type HopTrace, startHop } from './hop-trace.ts';
import { redirectedRequest, requestKey } from './redirects.ts';
import type { HttpProbePlan, PhaseName, ProbeHop } from './types.ts';

/** What every request of a probe needs. */
export interface AttemptEnvironment {
  plan: HttpProbePlan;
  clock: Clock;
  guard: NetGuard;
  resolver: AddressResolver;
  deadline: Deadline;
}

/** A request with its redirects, each over a fresh connection. */
export interface Attempt {
  hops: readonly ProbeHop[];
  /** The last request that was sent, and what came back; the answer is null when the attempt failed. */
  request: WireRequest;
  answer: WireAnswer | null;
  failure: Failure | null;
  /** Where it failed; null when it did not, or before anything was sent. */
  failedIn: PhaseName | null;
  /** The last connection, still open after an answer. Whoever takes it destroys it. */
  channel: HttpChannel | null;
}

export interface AttemptOptions {
  /** Monotonic time of the slot: the queue phase begins there. Without it there is no such phase. */
  intendedAtMs: number | undefined;
  /** Longest the lookup and the connection may take, each. */
  phaseLimitMs: number;
}

/** Never throws for what the network does. */
export async function attemptChain(
  first: WireRequest,
  env: AttemptEnvironment,
  options: AttemptOptions,
): Promise<Attempt> {
  const traces: HopTrace[] = [];
  // Made at the end: between two hops it would cost time that looks like the next lookup.
  const hops = (): ProbeHop[] => traces.map(finishHop);
  const visited = new Set<string>();
  let request = first;
  let trace = startHop(first.url, env.clock, options.intendedAtMs);
  if (options.intendedAtMs !== undefined) trace.phases.enter('queue');
  for (;;) {
    visited.add(requestKey(request));
    const result = await sendFresh(request, trace, env, options.phaseLimitMs);
    trace.phases.finish();
    traces.push(trace);
    if (result.failure !== null) return { hops: hops(), request, answer: null, channel: null, ...result };

    const { answer, channel } = result;
    const done = (): Attempt => ({ hops: hops(), request, answer, channel, failure: null, failedIn: null });
    if (env.plan.maxRedirects === 0) return done();
    const next = nextRequest(request, answer, {
      visited,
      followed: traces.length - 1,
      limit: env.plan.maxRedirects,
    });
    if (next.kind === 'none') return done();
    // Closing takes time of ours: it waits until the next hop waits for the network.
    setImmediate(() => channel.destroy());
    if (next.kind === 'failure') {
      return {
        hops: hops(),
        request,
        answer: null,
        channel: null,
        failure: next.failure,
        failedIn: null,
      };
    }
    request = next.request;
    trace = startHop(request.url, env.clock, trace.phases.endMs);
  }
}

type FreshResult =
  | { answer: WireAnswer; channel: HttpChannel; failure: null }
  | { failure: Failure; failedIn: PhaseName | null };

async function sendFresh(
  request: WireRequest,
  trace: HopTrace,
  env: AttemptEnvironment,
  phaseLimitMs: number,
): Promise<FreshResult> {
  const { plan, deadline } = env;
  let channel: HttpChannel | undefined;
  try {
    channel = await openConnection(trace, { ...env, tls: tlsFor(request, plan), phaseLimitMs });
    const answer = await channel.exchange(request, {
      trace,
      maxBodyBytes: plan.maxBodyBytes,
      signal: deadline.signal,
    });
    return { answer, channel, failure: null };
  } catch (error) {
    const failedIn = trace.phases.current;
    channel?.destroy();
    return { failure: classifyFailure(error, failedIn), failedIn };
  }
}

/** The client certificate and the expected name belong to the configured origin; the trusted authorities to every hop. */
function tlsFor(request: WireRequest, plan: HttpProbePlan): HttpProbePlan['tls'] {
  if (plan.tls === undefined || request.url.origin === new URL(plan.url).origin) return plan.tls;
  return plan.tls.ca === undefined ? undefined : { ca: plan.tls.ca };
}

type Next =
  | { kind: 'none' }
  | { kind: 'request'; request: WireRequest }
  | { kind: 'failure'; failure: Failure };

function nextRequest(
  request: WireRequest,
  answer: WireAnswer,
  state: { visited: ReadonlySet<string>; followed: number; limit: number },
): Next {
  try {
    const next = redirectedRequest(request, answer);
    if (next === undefined) return { kind: 'none' };
    const many = (message: string): Next => ({
      kind: 'failure',
      failure: { cause: 'too-many-redirects', message },
    });
    if (state.visited.has(requestKey(next))) return many('the redirects lead in a circle');
    if (state.followed >= state.limit) return many(`more than ${state.limit} redirects`);
    return { kind: 'request', request: next };
  } catch (error) {
    return { kind: 'failure', failure: classifyFailure(error, null) };
  }
}
