import { type Arrivals, arrivalsOf, type OpenModel } from '../../../core/load/arrivals.ts';
import { modelDurationMs, stagesDurationMs } from '../../../core/load/stages.ts';
import { type Engine, runMsOf } from './engine.ts';
import type { LoadDriver } from './load-driver.ts';
import { arrive } from './requests.ts';
import { survives } from './ramp-down.ts';

/** So many late arrivals go out between two looks at the clock. */
const ARRIVALS_PER_LOOK = 16;

/** Sessions that begin at intended times, whatever the server does. */
export function openLoad(engine: Engine, model: OpenModel): LoadDriver {
  const { worker, workers, plan } = engine;
  const arrivals: Arrivals = arrivalsOf(model, { seed: plan.seed, worker, workers });
  let endsRunMs = modelDurationMs(model);
  return {
    nextDueMs: () => (engine.isCut ? Infinity : engine.startMs + arrivals.atMs),
    pump(nowMs) {
      let clockMs = nowMs;
      let sinceLook = 0;
      if (engine.isCut) return;
      while (engine.startMs + arrivals.atMs <= clockMs) {
        const { atMs, number, scenario } = arrivals;
        arrivals.advance();
        // Who would have come while the server wanted peace, or was left out by the ramp down, is not asked for.
        const intendedMs = engine.startMs + atMs;
        if (atMs < engine.pausedUntilRunMs || !survives(engine, number, intendedMs)) continue;
        arrive(engine, intendedMs, number, scenario, clockMs);
        sinceLook += 1;
        if (sinceLook === ARRIVALS_PER_LOOK) {
          sinceLook = 0;
          clockMs = performance.now();
        }
      }
    },
    beat: () => undefined,
    change(fromRunMs, stages) {
      arrivals.change(fromRunMs, stages);
      endsRunMs = fromRunMs + stagesDurationMs(stages);
    },
    afterSession(visitor) {
      engine.idleVisitors.push(visitor);
    },
    isOver: (nowMs) => arrivals.atMs === Infinity && runMsOf(engine, nowMs) >= endsRunMs,
    users: () => engine.live,
    targetRate: (nowMs) => arrivals.rateAt(runMsOf(engine, nowMs)) / workers,
  };
}
