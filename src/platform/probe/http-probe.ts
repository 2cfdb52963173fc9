import type { Clock } from '../clock.ts';
import { type AddressResolver, resolveAddress } from '../dns/resolve-address.ts';
import type { NetGuard } from '../net-guard.ts';
import { type Attempt, type AttemptEnvironment, attemptChain } from './attempt.ts';
import { firstRequest } from './auth.ts';
import { startDeadline } from './deadline.ts';
import type { HttpChannel, WireRequest } from './exchange.ts';
import { classifyFailure, type Failure } from './failure.ts';
import { finishHop, startHop } from './hop-trace.ts';
import { accessToken, forgetToken } from './oauth2.ts';
import { judge, unmeasured } from './outcome.ts';
import { isRetryable } from './retry.ts';
import { isSuspect } from './suspect.ts';
import type { StopSignal } from './stop-signal.ts';
import type { HttpProbePlan, ProbeOutcome, ProbeResult } from './types.ts';
import { createSanitizer, type Sanitizer } from './untrusted-text.ts';

export interface ProbeContext {
  clock: Clock;
  guard: NetGuard;
  signal?: StopSignal;
  /** Monotonic time of the slot: the queue phase and the deadline begin there. Now, without a queue phase, when left out. */
  intendedAtMonotonicMs?: number;
  /** Largest event-loop delay since it was last asked; asked at the start and at the end of the probe. */
  loopLagMs?: () => number;
  /** Other than the machine's own lookup. */
  resolver?: AddressResolver;
}

/**
 * One active check: a cold request with its redirects, and a warm one over the same connection when the plan asks for
 * it. Never throws for anything the world does: every failure is a result with its cause.
 */
export async function probeHttp(plan: HttpProbePlan, context: ProbeContext): Promise<ProbeResult> {
  const { clock } = context;
  const startedAtMs = clock.wallMs();
  context.loopLagMs?.();
  let token: string | undefined;
  const sanitize = createSanitizer(plan, () => (token === undefined ? [] : [token]));
  const measured = await measure(plan, context, sanitize, (value) => {
    token = value;
  });
  const loopLagMs = context.loopLagMs?.() ?? 0;
  return {
    id: plan.id,
    startedAtMs,
    ...measured,
    loopLagMs,
    suspect: isSuspect(loopLagMs, measured.cold),
  };
}

type Measured = Pick<ProbeResult, 'cold' | 'warm' | 'retryOf'>;

async function measure(
  plan: HttpProbePlan,
  context: ProbeContext,
  sanitize: Sanitizer,
  onToken: (token: string) => void,
): Promise<Measured> {
  const { clock, guard, signal, intendedAtMonotonicMs } = context;
  const base = { plan, clock, guard, resolver: context.resolver ?? resolveAddress };
  const beganMs = clock.monotonicMs();
  let request: WireRequest;
  try {
    const token =
      plan.auth?.kind === 'oauth2-client-credentials'
        ? await accessToken(plan.auth, base, signal)
        : undefined;
    if (token !== undefined) onToken(token);
    request = firstRequest(plan, token, clock.wallMs());
  } catch (error) {
    return { cold: unmeasured(classifyFailure(error, null), sanitize), warm: null, retryOf: null };
  }
  // The token is no part of the measurement: the slot moves by the time it took.
  const tokenMs = plan.auth?.kind === 'oauth2-client-credentials' ? clock.monotonicMs() - beganMs : 0;
  const intendedAtMs = intendedAtMonotonicMs === undefined ? undefined : intendedAtMonotonicMs + tokenMs;
  const deadline = startDeadline(clock, (intendedAtMs ?? clock.monotonicMs()) + plan.timeoutMs, signal);
  try {
    return await measureWithin({ ...base, deadline }, request, intendedAtMs, sanitize);
  } finally {
    deadline.stop();
  }
}

async function measureWithin(
  env: AttemptEnvironment,
  request: WireRequest,
  intendedAtMs: number | undefined,
  sanitize: Sanitizer,
): Promise<Measured> {
  const { plan } = env;
  const first = await attemptChain(request, env, { intendedAtMs, phaseLimitMs: plan.timeoutMs / 2 });
  const again = isRetryable(first) && env.deadline.remainingMs() > 0;
  const attempt = again
    ? await attemptChain(request, env, { intendedAtMs: undefined, phaseLimitMs: plan.timeoutMs })
    : first;
  try {
    const cold = await judge(attempt, plan, sanitize);
    if (plan.auth?.kind === 'oauth2-client-credentials' && cold.status === 401) forgetToken(plan.auth);
    const warm =
      attempt.channel === null ? null : await measureWarm(attempt, attempt.channel, cold, env, sanitize);
    return { cold, warm, retryOf: again ? sanitized(first.failure, sanitize) : null };
  } finally {
    attempt.channel?.destroy();
  }
}

function sanitized(failure: Failure | null, sanitize: Sanitizer): Failure | null {
  return failure === null ? null : { cause: failure.cause, message: sanitize(failure.message) };
}

/**
 * The last request once more over the same connection. null when that could not be measured: the server closed the
 * connection, or less time is left than the cold request took.
 */
async function measureWarm(
  attempt: Attempt,
  channel: HttpChannel,
  cold: ProbeOutcome,
  env: AttemptEnvironment,
  sanitize: Sanitizer,
): Promise<ProbeOutcome | null> {
  const { plan, clock, deadline } = env;
  if (!plan.warm || !channel.isReusable() || deadline.remainingMs() < cold.totalMs) return null;
  const trace = startHop(attempt.request.url, clock);
  const lastHop = attempt.hops.at(-1);
  trace.address = lastHop?.address ?? null;
  try {
    const answer = await channel.exchange(attempt.request, {
      trace,
      maxBodyBytes: plan.maxBodyBytes,
      signal: deadline.signal,
    });
    return await judge({ hops: [finishHop(trace)], answer, failure: null }, plan, sanitize);
  } catch (error) {
    const failure = classifyFailure(error, trace.phases.current);
    // A server may close an idle connection at any time; that says nothing about the endpoint.
    if (failure.cause === 'reset' && trace.status === null) return null;
    return judge({ hops: [finishHop(trace)], answer: null, failure }, plan, sanitize);
  }
}
