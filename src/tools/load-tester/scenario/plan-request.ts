import type { Coverage } from '../../../core/coverage.ts';
import type { LoadLimits, LoadModel, LoadPlan, LoadStage } from '../../../core/load/plan.ts';
import type { HttpTarget } from '../../../config/targets.ts';

/** What a command asks for; what it leaves open comes from the scenario, and from defaults after that. */
export interface PlanRequest {
  /** Name of an HTTP target of the config; default: the scenario's, then the first one. */
  target?: string | undefined;
  /** Where to send it instead of the target's base URL; works without any target. */
  baseUrl?: string | undefined;
  /**
   * A scenario file, or something that one can be made of: an access log, a HAR file, a Postman collection, an OpenAPI document;
   * `openapi` and `health` mean what the target's document says and what api-health-monitor has stored. Relative to the config.
   * Default: the OpenAPI document of the target, else a GET of its base URL.
   */
  scenario?: string | undefined;
  /** Where else the files of feeders may be, beside the folder of the scenario; relative to the config. */
  feedersFolder?: string | undefined;
  load?: LoadRequest | undefined;
  /** Default 1: the same command makes the same load. */
  seed?: number | undefined;
  /** POST, PUT, PATCH and DELETE are left out, and said so, unless this is given. */
  unsafe: boolean;
  httpVersion?: '1.1' | '2' | undefined;
  /** Share of requests that carry a `traceparent`. */
  tracedShare?: number | undefined;
  /** Deadline of a request where the scenario sets none; default 10 s. */
  timeoutMs?: number | undefined;
  limits: LoadLimits;
}

/** How much, for how long: each field replaces that of the scenario. */
export interface LoadRequest {
  /** Whole, whatever the scenario says. */
  model?: LoadModel | undefined;
  /** A closed model with so many users. */
  users?: number | undefined;
  /** An open model with so many sessions a second. */
  ratePerSecond?: number | undefined;
  stages?: readonly LoadStage[] | undefined;
  durationMs?: number | undefined;
  /** Rounds over all users, of a closed model. */
  iterations?: number | undefined;
  spacing?: 'even' | 'poisson' | undefined;
  /** Requests of an access log at their own times instead of sessions at the log's rates. */
  replay?: boolean | undefined;
  /** Of recorded times: 2 is twice as fast. For an access log it means `replay` where that is not said. */
  speed?: number | undefined;
}

export interface MadePlan {
  plan: LoadPlan;
  /** Equal for the same scenarios, values, model, limits and seed, wherever they go. */
  hash: string;
  target: HttpTarget;
  /** For people: `12 endpoints of the OpenAPI document of shop`, `load/browse.yaml`. */
  source: string;
  /** What was left out, and why, for the report's coverage. */
  notes: Coverage['notChecked'];
  /** As the scenario has them: `p95<200ms`. */
  thresholds: readonly string[];
}
