import type { Clock } from '../../platform/clock.ts';
import type { ProbePlan } from '../../platform/probe/plans.ts';
import type { ProbeResult } from '../../platform/probe/types.ts';
import type { BurstRequest } from '../../tools/context.ts';
import { BEAT_MS } from './loop-lag.ts';
import { measuredSleep } from './measured-sleep.ts';
import type { SessionEnvironment } from './session.ts';

/**
 * Takes `samples` of every plan, round and round over the plans, so that each sees the whole time of the burst.
 * `maxConcurrency` lanes each make one probe after another; starts are `1 / maxRatePerSecond` apart and time that
 * was lost is not made up for.
 */
export async function runBurst(
  request: BurstRequest,
  environment: SessionEnvironment,
  emit: (result: ProbeResult) => void,
): Promise<void> {
  const { clock, lag, flow, probe, signal } = environment;
  if (!(request.maxRatePerSecond > 0)) throw new RangeError('a rate must be positive');
  const rounds = createRounds(request);
  const spacingMs = 1_000 / request.maxRatePerSecond;
  let nextStartMs = clock.monotonicMs();

  /** One lane at a time, so that lanes that waited through a standstill do not start together. */
  let turnstile: Promise<boolean> = Promise.resolve(true);
  function mayStart(): Promise<boolean> {
    turnstile = turnstile.then(pass);
    return turnstile;
  }

  async function pass(): Promise<boolean> {
    while (!signal.aborted && !flow.take()) await flow.released(signal);
    const waitMs = nextStartMs - clock.monotonicMs();
    if (waitMs > 0) await sleepOrAbort(clock, Math.ceil(waitMs), signal);
    // What a timer's whole milliseconds cost is made up for, more is not.
    nextStartMs = Math.max(nextStartMs, clock.monotonicMs() - spacingMs) + spacingMs;
    return !signal.aborted;
  }

  async function runLane(): Promise<void> {
    for (let turn = rounds.claim(); turn !== undefined; turn = rounds.claim()) {
      if (!(await mayStart())) return;
      const result = await probe(turn.plan, clock.monotonicMs());
      turn.finished();
      if (result !== null) emit(result);
    }
  }

  const lanes = { running: true };
  async function beat(): Promise<void> {
    while (lanes.running) await measuredSleep(clock, lag, BEAT_MS);
  }
  const measuring = beat();
  await Promise.all(Array.from({ length: Math.max(1, request.maxConcurrency) }, runLane));
  lanes.running = false;
  await measuring;
}

async function sleepOrAbort(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, signal).catch((thrown: unknown) => {
    if (!signal.aborted) throw thrown;
  });
}

interface Rounds {
  /** The next plan in turn; undefined when none is left for this lane. */
  claim(): { plan: ProbePlan; finished: () => void } | undefined;
}

/**
 * Whose turn it is. No plan holds more than its share of the lanes, so one that hangs leaves the others theirs.
 * A lane that finds nothing to do may end: the lanes that hold the remaining plans go on with them.
 */
function createRounds({ plans, samples, maxConcurrency }: BurstRequest): Rounds {
  const share = Math.max(1, Math.floor(maxConcurrency / Math.max(1, plans.length)));
  const turns = plans.map((plan) => ({ plan, left: samples, inFlight: 0 }));
  let position = 0;

  return {
    claim() {
      for (let step = 0; step < turns.length; step += 1) {
        const turn = turns[(position + step) % turns.length];
        if (turn === undefined || turn.left === 0 || turn.inFlight >= share) continue;
        position = (position + step + 1) % turns.length;
        turn.left -= 1;
        turn.inFlight += 1;
        return {
          plan: turn.plan,
          finished: () => {
            turn.inFlight -= 1;
          },
        };
      }
      return undefined;
    },
  };
}
