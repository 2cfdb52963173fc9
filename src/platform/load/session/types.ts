import type { FailureKind } from '../../../core/load/measure.ts';
import type { EncodedRequest, WireRequest, WireResponse } from '../wire/types.ts';

/** A session under way: made once and used again, so that nothing is allocated per request. */
export interface SessionState {
  /** Of the arrival or the user, over all workers: what its choices and values are drawn from, with the plan's seed. */
  number: number;
  /** Rounds that this user has made; 0 in an open model. */
  iteration: number;
  scenario: CompiledScenario;
  /** Position in `scenario.begin` followed by `scenario.steps`. */
  position: number;
  /** Values of variables by slot; null: not set. */
  readonly values: (string | null)[];
  /** null where the plan keeps no cookies. */
  cookies: CookieStore | null;
  /** State of the session's own random numbers, uint32. */
  random: number;
  /** That state when the step began: a redirect that keeps its method sends the same values again. */
  stepRandom: number;
  /** Origin and path of the request that is under way, after redirects: whose cookies a response sets. */
  sentOrigin: number;
  sentPath: string;
}

/** Cookies of one session (RFC 6265), by origin. */
export interface CookieStore {
  store(origin: string, path: string, setCookie: readonly string[]): void;
  /** Value of the Cookie field, or null. */
  header(origin: string, path: string): string | null;
  value(name: string): string | null;
  clear(): void;
}

export interface CompiledScenario {
  name: string;
  begin: readonly CompiledStep[];
  steps: readonly CompiledStep[];
}

/** A step with everything decided that can be decided before the run. */
export interface CompiledStep {
  /** Index into `CompiledPlan.endpoints`. */
  endpoint: number;
  origin: number;
  headOnly: boolean;
  wantsHead: boolean;
  wantsBody: boolean;
  /** Safe to send again when a connection broke before an answer (RFC 9110, section 9.2.2). */
  idempotent: boolean;
  timeoutMs: number;
  maxRedirects: number;
  stream: { events: number; maxMs: number } | null;
  /** The same object again and again where nothing in the step varies. `traceparent` is null for a request that is not traced. */
  encode(session: SessionState, traceparent: string | null): EncodedRequest;
  /** The hop after a redirect to `path` of this origin: without a body, unless the method is kept (307, 308). */
  encodeRedirect(session: SessionState, origin: number, path: string, keepMethod: boolean): EncodedRequest;
  /** Keeps the cookies of a response that is only a hop of a redirect; `judge` does it for the last one. */
  takeCookies(session: SessionState, response: WireResponse): void;
  /** Checks, extractions and cookies; null when all is well. */
  judge(session: SessionState, response: WireResponse): FailureKind | null;
  /** Milliseconds until the next step. */
  think(session: SessionState): number;
}

export interface CompiledPlan {
  endpoints: readonly string[];
  scenarios: readonly CompiledScenario[];
  setUp: readonly CompiledStep[];
  tearDown: readonly CompiledStep[];
  newSession(): SessionState;
  /**
   * Makes a session that of this arrival or user: scenario by weight (or the given one, unless it is -1), feeder rows, random state.
   * `iteration` is that of a user who begins anew.
   */
  begin(session: SessionState, number: number, scenario?: number, iteration?: number): void;
  /**
   * The next round of the same user: keeps what `begin` steps extracted, takes new feeder rows. Where no scenario has such steps, it
   * may be another scenario.
   */
  again(session: SessionState): void;
  /** What the session has extracted, by name: for the set-up. */
  extracted(session: SessionState): Record<string, string>;
}

/** Encoders by origin. */
export type Encode = (origin: number, request: WireRequest) => EncodedRequest;
