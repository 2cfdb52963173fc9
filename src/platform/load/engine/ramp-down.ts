import { draw } from '../../../core/load/draw.ts';
import { type Engine, runMsOf } from './engine.ts';

/** What random numbers decide here; `session/` has purposes of its own. */
const SURVIVAL = 101;

/** The share of the load that is left while it ramps down, 1 to 0. */
export function shareLeft({ rampDown }: Engine, runMs: number): number {
  if (rampDown === null || runMs <= rampDown.fromRunMs) return 1;
  if (rampDown.overMs <= 0) return 0;
  return Math.max(0, 1 - (runMs - rampDown.fromRunMs) / rampDown.overMs);
}

/**
 * Each session has a share of its own at which it ends, so that sessions under way, waiting ones and those that would begin become
 * fewer along one line.
 */
export function survives(engine: Engine, number: number, nowMs: number): boolean {
  if (engine.rampDown === null) return true;
  return draw(engine.plan.seed, number, SURVIVAL) < shareLeft(engine, runMsOf(engine, nowMs));
}
