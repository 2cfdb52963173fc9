import type { Clock } from '../../platform/clock.ts';
import type { NetGuard } from '../../platform/net-guard.ts';
import { Cancelled } from '../../platform/probe/deadline.ts';
import { probe as probePlan } from '../../platform/probe/probe.ts';
import { createStopper } from '../../platform/probe/stop-signal.ts';
import type { ProbePlan } from '../../platform/probe/plans.ts';
import type { ProbeResult } from '../../platform/probe/types.ts';
import { runBurst } from './burst-session.ts';
import { createFlowControl, type FlowControl } from './flow-control.ts';
import { createLoopLag } from './loop-lag.ts';
import type { EngineReply, EngineRequest } from './messages.ts';
import type { SessionEnvironment } from './session.ts';
import { runWatch } from './watch-session.ts';

/** Runs bursts and watches, several at once, for one main thread. */
export interface ProbeEngine {
  receive(request: EngineRequest): void;
}

/** Rounds of a watch whose results may wait for the consumer; after that slots are missed rather than memory filled. */
const WATCH_ROUNDS_WAITING = 10;
/** Results of a burst that may wait for the consumer, beside those in flight. */
const BURST_RESULTS_WAITING = 256;

export function createProbeEngine(options: {
  clock: Clock;
  guard: NetGuard;
  post: (reply: EngineReply) => void;
}): ProbeEngine {
  const { clock, guard, post } = options;
  const sessions = new Map<number, { flow: FlowControl; ending: AbortController }>();

  function open(
    session: number,
    waitingLimit: number,
    run: (environment: SessionEnvironment) => Promise<void>,
  ): void {
    const ending = new AbortController();
    const probes = createStopper();
    ending.signal.addEventListener('abort', () => probes.stop(new Cancelled('the session ended')));
    const flow = createFlowControl(waitingLimit);
    const lag = createLoopLag();
    sessions.set(session, { flow, ending });
    let failure: unknown = null;

    async function probe(plan: ProbePlan, intendedAtMonotonicMs: number): Promise<ProbeResult | null> {
      try {
        const result = await probePlan(plan, {
          clock,
          guard,
          signal: probes.signal,
          intendedAtMonotonicMs,
          loopLagMs: () => lag.maxSince(intendedAtMonotonicMs, clock.monotonicMs()),
        });
        return ending.signal.aborted ? null : result;
      } catch (thrown) {
        failure ??= thrown;
        ending.abort();
        return null;
      }
    }

    void run({ clock, lag, flow, probe, signal: ending.signal })
      .catch((thrown: unknown) => {
        failure ??= thrown;
      })
      .finally(() => {
        sessions.delete(session);
        post({ kind: 'ended', session, failure: failure === null ? null : describe(failure) });
      });
  }

  return {
    receive(request) {
      const { session } = request;
      if (request.kind === 'watch') {
        open(session, request.monitors.length * WATCH_ROUNDS_WAITING, (environment) =>
          runWatch(request.monitors, environment, (tick) => post({ kind: 'tick', session, tick })),
        );
      } else if (request.kind === 'burst') {
        open(session, request.request.maxConcurrency + BURST_RESULTS_WAITING, (environment) =>
          runBurst(request.request, environment, (result) => post({ kind: 'result', session, result })),
        );
      } else if (request.kind === 'taken') {
        sessions.get(session)?.flow.release(request.results);
      } else {
        sessions.get(session)?.ending.abort();
      }
    },
  };
}

function describe(thrown: unknown): { message: string; stack: string | null } {
  return thrown instanceof Error
    ? { message: thrown.message, stack: thrown.stack ?? null }
    : { message: String(thrown), stack: null };
}
