import type { FailureKind } from '../../../core/load/measure.ts';
import type { Engine } from './engine.ts';
import { survives } from './ramp-down.ts';
import { beginRequest } from './requests.ts';
import { nextThoughtMs, popThought, pushThought } from './think-heap.ts';
import { isLastStep, stepOf, type Visitor } from './visitor.ts';

/** What a model does with a session that is over: `closed-load.ts` lets the user go on, an open model forgets it. */
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

function goesOn(engine: Engine, visitor: Visitor, nowMs: number): boolean {
  return !engine.isCut && survives(engine, visitor.session.number, nowMs);
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
