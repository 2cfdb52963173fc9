/** State of an endpoint or dependency over time, with hysteresis so that one odd probe changes nothing. Pure: one observation in, the next state out. */
export type HealthState = 'unknown' | 'up' | 'degraded' | 'down' | 'flapping';

export interface Observation {
  atMs: number;
  ok: boolean;
  /** null for a failure. */
  latencyMs: number | null;
}

export interface TrackedState {
  state: HealthState;
  sinceMs: number;
  /** Newest last, at most FLAP_WINDOW. */
  outcomes: readonly boolean[];
  /** Newest last, successes only, at most LATENCY_WINDOW. */
  latencies: readonly number[];
}

export interface StateChange {
  atMs: number;
  from: HealthState;
  to: HealthState;
}

/** How many outcomes it takes. */
export interface Hysteresis {
  downFailures: number;
  /** Among so many of the newest. */
  downOf: number;
  upSuccesses: number;
}

/** A lone failure says nothing. */
export const SINGLE_TRIES: Hysteresis = { downFailures: 3, downOf: 4, upSuccesses: 2 };
/** Each failure has failed on fresh connections too, so the first one says it. */
export const CONFIRMED_TRIES: Hysteresis = { downFailures: 1, downOf: 1, upSuccesses: 2 };

const LATENCY_WINDOW = 20;
/** p95 of 20 samples is the second largest: one slow call is no degradation. */
const TOLERATED_SLOW = 1;
/** Leaving needs more than being just under the limit. */
const LEAVE_FACTOR = 0.9;
/** 21 checks make 20 possible changes; weights grow from 0.8 to 1.2 towards the newest, enter at 30 %, leave at 20 % [Nagios flap detection]. */
export const FLAP_WINDOW = 21;
const FLAP_ENTER = 0.3;
const FLAP_LEAVE = 0.2;

export function initialState(atMs: number): TrackedState {
  return { state: 'unknown', sinceMs: atMs, outcomes: [], latencies: [] };
}

export function observe(
  current: TrackedState,
  observation: Observation,
  /** Infinity where there is no objective. */
  limitMs: number,
  hysteresis: Hysteresis = SINGLE_TRIES,
): { next: TrackedState; change: StateChange | null } {
  const outcomes = [...current.outcomes, observation.ok].slice(-FLAP_WINDOW);
  const latencies =
    observation.latencyMs === null
      ? current.latencies
      : [...current.latencies, observation.latencyMs].slice(-LATENCY_WINDOW);
  const state = decide(
    current.state,
    outcomes,
    isSlow(latencies, limitOf(current.state, limitMs)),
    hysteresis,
  );
  if (state === current.state) return { next: { ...current, outcomes, latencies }, change: null };
  return {
    next: { state, sinceMs: observation.atMs, outcomes, latencies },
    change: { atMs: observation.atMs, from: current.state, to: state },
  };
}

function decide(
  state: HealthState,
  outcomes: readonly boolean[],
  slow: boolean,
  { downFailures, downOf, upSuccesses }: Hysteresis,
): HealthState {
  const flapShare = weightedChangeShare(outcomes);
  if (flapShare > FLAP_ENTER || (state === 'flapping' && flapShare > FLAP_LEAVE)) return 'flapping';
  const failures = outcomes.slice(-downOf).filter((ok) => !ok).length;
  if (failures >= downFailures) return 'down';
  const recovering = state === 'down' || state === 'unknown' || state === 'flapping';
  if (recovering && !endsWithSuccesses(outcomes, upSuccesses)) return state;
  return slow ? 'degraded' : 'up';
}

function limitOf(state: HealthState, limitMs: number): number {
  return state === 'degraded' ? limitMs * LEAVE_FACTOR : limitMs;
}

function endsWithSuccesses(outcomes: readonly boolean[], count: number): boolean {
  return outcomes.length >= count && outcomes.slice(-count).every(Boolean);
}

function isSlow(latencies: readonly number[], limitMs: number): boolean {
  return (
    latencies.length === LATENCY_WINDOW &&
    latencies.filter((value) => value > limitMs).length > TOLERATED_SLOW
  );
}

/** Share of changes among the possible ones; 0 until the window is full, because a few checks prove no pattern. */
export function weightedChangeShare(outcomes: readonly boolean[]): number {
  if (outcomes.length < FLAP_WINDOW) return 0;
  const possible = outcomes.length - 1;
  let weighted = 0;
  for (let index = 1; index < outcomes.length; index += 1) {
    if (outcomes[index] === outcomes[index - 1]) continue;
    weighted += 0.8 + (0.4 * (index - 1)) / (possible - 1);
  }
  return weighted / possible;
}
