import { draw } from '../../../core/load/draw.ts';
import type { FailureKind } from '../../../core/load/measure.ts';
import { type Engine, runMsOf } from './engine.ts';
import { beginRequest } from './requests.ts';
import { nextThoughtMs, popThought, pushThought } from './think-heap.ts';
import { isLastStep, stepOf, type Visitor } from './visitor.ts';

/** What random numbers decide here; `session/` has purposes of its own. */
const SURVIVAL = 101;

/** What a model does with a session that is over: `users.ts` lets the user go on, an open model forgets it. */
export type AfterSession = (visitor: Visitor, dueMs: number, beganWell: boolean, nowMs: number) => void;

/** After a step: the next one, after the time to think; or the session's end. */
export function stepEnded(
  engine: Engine,
  visitor: Visitor,
  failure: FailureKind | null,
  nowMs: number,
  after: AfterSession,
): void {
  const { session, step } = visitor;
  const isBegin = session.position < session.scenario.begin.length;
  // A session without what it should have extracted, or without its log-in, would only make errors.
  const isBroken = failure === 'extraction' || (failure !== null && isBegin);
  const dueMs = nowMs + step.think(session);
  if (isBroken || isLastStep(session) || !goesOn(engine, visitor, nowMs)) {
    endSession(engine, visitor, dueMs, !(isBroken && isBegin), nowMs, after);
    return;
  }
  session.position += 1;
  visitor.step = stepOf(session);
  if (dueMs > nowMs) think(engine, visitor, dueMs);
  else beginRequest(engine, visitor, nowMs, nowMs);
}

/** Until then nothing happens with it. */
export function think(engine: Engine, visitor: Visitor, dueMs: number): void {
  pushThought(engine.thoughts, dueMs, visitor);
  if (dueMs < engine.nextDueMs) engine.arm(dueMs);
}

/** Sessions whose time to think is over. */
export function wake(engine: Engine, nowMs: number, after: AfterSession): void {
  const { thoughts } = engine;
  while (nextThoughtMs(thoughts) <= nowMs) {
    const dueMs = nextThoughtMs(thoughts);
    const visitor = popThought(thoughts);
    if (visitor.isResting) after(visitor, dueMs, true, nowMs);
    else if (goesOn(engine, visitor, nowMs)) beginRequest(engine, visitor, dueMs, nowMs);
    else endSession(engine, visitor, dueMs, true, nowMs, after);
  }
}

/** The share of the load that is left while it ramps down, 1 to 0. */
export function shareLeft(engine: Engine, runMs: number): number {
  const { rampDown } = engine;
  if (rampDown === null || runMs <= rampDown.fromRunMs) return 1;
  if (rampDown.overMs <= 0) return 0;
  return Math.max(0, 1 - (runMs - rampDown.fromRunMs) / rampDown.overMs);
}

/** While the load ramps down, sessions end one by one, each at a share of its own. */
export function survives(engine: Engine, number: number, runMs: number): boolean {
  return engine.rampDown === null || draw(engine.plan.seed, number, SURVIVAL) < shareLeft(engine, runMs);
}

function goesOn(engine: Engine, visitor: Visitor, nowMs: number): boolean {
  return !engine.isCut && survives(engine, visitor.session.number, runMsOf(engine, nowMs));
}

function endSession(
  engine: Engine,
  visitor: Visitor,
  dueMs: number,
  beganWell: boolean,
  nowMs: number,
  after: AfterSession,
): void {
  engine.counts.ended += 1;
  engine.live -= 1;
  after(visitor, dueMs, beganWell, nowMs);
}
