import type { FailureKind } from '../../../core/load/measure.ts';
import type { LoadPlan } from '../../../core/load/plan.ts';
import type { Clock } from '../../clock.ts';
import type { PinnedOrigin } from '../bus/messages.ts';
import { redirectTarget } from '../redirect-target.ts';
import type { CompiledStep, SessionState } from '../session/types.ts';
import type { EncodedRequest, WireProtocol, WireResponse } from '../wire/types.ts';
import { type CallOutcome, type Caller, createCaller } from './caller.ts';

const MAX_BODY_BYTES = 4_000_000;

/** Walks one session through steps, one at a time: set-up and tear-down. */
export interface SingleSession {
  /** Says which step failed, and how; null when all went well. Later steps are left out after a failure. Rejects when aborted. */
  walk(
    steps: readonly CompiledStep[],
    session: SessionState,
    names: readonly string[],
    signal?: AbortSignal,
  ): Promise<string | null>;
  close(): void;
}

export function createSingleSession(
  plan: LoadPlan,
  origins: readonly PinnedOrigin[],
  protocols: readonly WireProtocol[],
  clock: Clock,
): SingleSession {
  const callers = new Map<number, Caller>();
  const urls = plan.origins.map(({ url }) => url);

  function callerOf(origin: number): Caller {
    const known = callers.get(origin);
    if (known !== undefined) return known;
    const { url, address, port } = origins[origin]!;
    const { protocol, host } = new URL(url);
    const caller = createCaller(protocols[origin]!, {
      address,
      port,
      authority: host,
      tls: protocol === 'https:' ? (plan.origins[origin]?.tls ?? {}) : null,
      connectTimeoutMs: plan.limits.connectTimeoutMs,
      keepAlive: plan.limits.keepAlive,
      maxBodyBytes: MAX_BODY_BYTES,
    });
    callers.set(origin, caller);
    return caller;
  }

  type Answer = { failure: FailureKind | null; status: number } | { origin: number; request: EncodedRequest };

  /** The hop after a redirect, or the verdict on the step. */
  function read(step: CompiledStep, session: SessionState, hops: number, response: WireResponse): Answer {
    const { status } = response;
    const sent = { origin: session.sentOrigin, path: session.sentPath };
    const target = hops > 0 ? redirectTarget(status, response.header('location'), sent, urls) : null;
    if (target === 'refused') return { failure: 'redirect-refused', status };
    if (target === null) return { failure: step.judge(session, response), status };
    step.takeCookies(session, response);
    const { origin, path, keepMethod } = target;
    return { origin, request: step.encodeRedirect(session, origin, path, keepMethod) };
  }

  async function take(step: CompiledStep, session: SessionState): Promise<string | null> {
    let { origin } = step;
    let request = step.encode(session, null);
    let events = 0;
    const { stream, headOnly } = step;
    for (let hops = step.maxRedirects; ; hops -= 1) {
      const call = {
        request,
        headOnly,
        onEvent: stream === null ? null : () => (events += 1) >= stream.events,
        read: (response: WireResponse) => read(step, session, hops, response),
      };
      const timeoutMs = stream?.maxMs ?? step.timeoutMs;
      const outcome: CallOutcome<Answer> = await callerOf(origin).call(call, timeoutMs);
      if (outcome.failure !== null) {
        // A stream may end with its time.
        if (stream !== null && outcome.failure.kind === 'timeout') return null;
        return `${outcome.failure.kind}${outcome.failure.detail === '' ? '' : ` (${outcome.failure.detail})`}`;
      }
      const { answer } = outcome;
      if ('failure' in answer)
        return answer.failure === null ? null : `${answer.failure} (status ${answer.status})`;
      ({ origin, request } = answer);
    }
  }

  return {
    async walk(steps, session, names, signal) {
      for (const [position, step] of steps.entries()) {
        signal?.throwIfAborted();
        const failure = await take(step, session);
        if (failure !== null) return `${names[step.endpoint] ?? `step ${position + 1}`}: ${failure}`;
        const thinkMs = step.think(session);
        if (thinkMs > 0 && position + 1 < steps.length) await clock.sleep(thinkMs, signal);
      }
      return null;
    },
    close() {
      for (const caller of callers.values()) caller.close();
    },
  };
}
