import type { CompiledPlan, CompiledStep, SessionState } from '../session/types.ts';
import type { EncodedRequest, Exchange } from '../wire/types.ts';
import type { Link } from './pool.ts';

/**
 * One session and the one request it can have under way. Visitors are pooled, and a connection is handed the visitor itself as
 * its exchange, so that a request allocates nothing.
 */
export interface Visitor extends Exchange {
  readonly session: SessionState;
  step: CompiledStep;
  /** Of a closed model's user, among those of this worker; -1 in an open model. */
  user: number;
  /** Rounds that are left to it; Infinity where only time ends them. */
  rounds: number;
  /** It thinks between two rounds, so no session of it is under way. */
  isResting: boolean;

  /** Times are performance.now(). When the request should have been sent. */
  intendedMs: number;
  /** Our own delay after that: what response times are without. */
  lagMs: number;
  /** NaN until the request is sent for the first time. */
  sentMs: number;
  deadlineMs: number;
  /** Kept from the first send until the end, for another connection. null: still to be encoded. */
  request: EncodedRequest | null;
  traceparent: string | null;
  redirects: number;
  retries: number;
  /** Of the step, its redirects included. */
  bytesIn: number;
  events: number;

  /** Where its request is under way, or null. */
  link: Link | null;
  /** Position among the requests under way; -1. */
  flight: number;
}

export function newVisitor(plan: CompiledPlan): Visitor {
  const session = plan.newSession();
  return {
    headOnly: false,
    wantsHead: false,
    wantsBody: false,
    onEvent: null,
    session,
    step: firstStep(session),
    user: -1,
    rounds: Infinity,
    isResting: false,
    intendedMs: 0,
    lagMs: 0,
    sentMs: Number.NaN,
    deadlineMs: Infinity,
    request: null,
    traceparent: null,
    redirects: 0,
    retries: 0,
    bytesIn: 0,
    events: 0,
    link: null,
    flight: -1,
  };
}

/** The step at the session's position. Requires that the scenario has it. */
export function stepOf({ scenario, position }: SessionState): CompiledStep {
  const { begin, steps } = scenario;
  return position < begin.length ? begin[position]! : steps[position - begin.length]!;
}

export function isLastStep({ scenario, position }: SessionState): boolean {
  return position + 1 >= scenario.begin.length + scenario.steps.length;
}

function firstStep({ scenario }: SessionState): CompiledStep {
  return scenario.begin[0] ?? scenario.steps[0]!;
}
