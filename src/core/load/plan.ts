/**
 * What a load run does, as data: it is hashed, seeded, and goes whole to every worker. Together with the index of a worker and the
 * number of workers it decides every arrival, every choice of a scenario and every value, so that no message is needed while it runs.
 */
export interface LoadPlan {
  name: string;
  /** The same seed gives the same arrivals, choices and values. */
  seed: number;
  model: LoadModel;
  /** Where requests may go; nothing else is ever connected to. */
  origins: readonly LoadOrigin[];
  scenarios: readonly PlannedScenario[];
  /** Steps that run once before and once after, in one session; what the first ones extract is a variable of every session. */
  setUp: readonly PlannedStep[];
  tearDown: readonly PlannedStep[];
  /** Constant variables of every session. */
  variables: Readonly<Record<string, string>>;
  feeders: readonly Feeder[];
  limits: LoadLimits;
  /** Share of requests that carry a `traceparent` (W3C Trace Context), 0 to 1. */
  tracedShare: number;
}

export interface LoadOrigin {
  /** As URL.origin writes it: `https://shop.test:8443`. */
  url: string;
  protocol: 'http/1.1' | 'h2';
  tls?: LoadTls;
}

export interface LoadTls {
  /** PEM of a certificate authority to trust beside the system's. */
  ca?: string;
  cert?: string;
  key?: string;
  serverName?: string;
  /** Default true. */
  verify?: boolean;
}

/** When sessions begin. Open models (arrivals, replay) never wait for the server; closed ones (users, iterations) do. */
export type LoadModel =
  | { kind: 'users'; stages: readonly LoadStage[] }
  /** Sessions a second; partly open when a session has several steps (Schroeder, Wierman & Harchol-Balter, NSDI 2006). */
  | { kind: 'arrivals'; stages: readonly LoadStage[]; spacing: 'even' | 'poisson' }
  /** `perUser`: each user does `iterations`; else all users share them. Ends at `maxDurationMs` at the latest. */
  | { kind: 'iterations'; users: number; iterations: number; perUser: boolean; maxDurationMs: number }
  /** Sessions at recorded times. `atMs` counts from the start of the run at speed 1 and ascends; `scenario` is an index. */
  | { kind: 'replay'; atMs: Float64Array; scenario: Uint16Array; speed: number };

/** A straight line from `from` to `to` (users, or sessions a second) in this time. */
export interface LoadStage {
  from: number;
  to: number;
  durationMs: number;
}

export interface PlannedScenario {
  name: string;
  /** Relative to the other scenarios. */
  weight: number;
  /** Once for each user of a closed model, once for each session of an open one, before the steps. */
  begin: readonly PlannedStep[];
  steps: readonly PlannedStep[];
}

/**
 * Texts may hold `{{name}}` of a variable, feeder field (also `{{feeder.field}}`) or extraction, and `{{$uuid}}`, `{{$int 1 100}}`,
 * `{{$now}}` (ISO; `{{$now ms}}`, `{{$now s}}`), `{{$user}}`, `{{$iteration}}`. A value is encoded for its place: a part of a path or
 * of a form, a string of a JSON body where it stands between quotes. `{{name | raw}}` is put in as it is; `\{{` is literal.
 */
export interface PlannedStep {
  /** What figures are kept by: `GET /api/products/{id}`. Steps of one name are one endpoint. */
  name: string;
  /** Index into `origins`. */
  origin: number;
  method: string;
  /** With its query. */
  path: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: string | null;
  timeoutMs: number;
  /** To follow, within `origins` only; each counts as a part of the step. */
  maxRedirects: number;
  checks: readonly StepCheck[];
  extract: readonly Extraction[];
  /** After the step, before the next one. */
  think: ThinkTime | null;
  /** Server-sent events: the step ends with this many events, or after this time. */
  stream: { events: number; maxMs: number } | null;
}

export type ThinkTime =
  | { kind: 'fixed'; ms: number }
  | { kind: 'uniform'; fromMs: number; toMs: number }
  | { kind: 'exponential'; meanMs: number }
  /** Lognormal of a measured median; sigma of the logarithm. */
  | { kind: 'lognormal'; medianMs: number; sigma: number };

/** A response that fails one is a failed request, of the kind `check`; without a status check, 200 to 399 succeed. */
export type StepCheck =
  | { kind: 'status'; ranges: readonly { from: number; to: number }[] }
  | { kind: 'body-contains'; text: string }
  | { kind: 'body-matches'; pattern: string }
  | { kind: 'header'; name: string; contains: string }
  /** JSONPath (RFC 9535): something is there, and equals the value where one is given. */
  | { kind: 'json'; path: string; equals?: string | number | boolean | null }
  | { kind: 'max-bytes'; bytes: number };

/** A missing value ends the session: the step counts as failed, of the kind `extraction`. */
export type Extraction = { variable: string; optional?: boolean } & (
  | { from: 'json'; path: string; pick: 'first' | 'random' }
  | { from: 'header'; name: string }
  | { from: 'cookie'; name: string }
  | { from: 'regex'; pattern: string }
);

/** Rows of values; `{{field}}` gives that of the session's row. */
export interface Feeder {
  name: string;
  fields: readonly string[];
  rows: number;
  /** sequential and shuffled give row after row to sessions, over all workers, and begin again; random draws. */
  order: 'sequential' | 'shuffled' | 'random';
  /** UTF-8 of all values, row by row, and the ends of each in it; shared, so that workers do not copy. */
  bytes: SharedArrayBuffer;
  /** Uint32, rows * fields. */
  ends: SharedArrayBuffer;
}

export interface LoadLimits {
  /** Over all workers. */
  maxConnections: number;
  /** Sessions that wait for a connection, over all workers; more are dropped, and counted. */
  maxQueued: number;
  connectTimeoutMs: number;
  /** After the end, for what is in flight. */
  drainMs: number;
  /** Ceilings that no live change may pass. */
  maxRatePerSecond: number;
  maxDurationMs: number;
  /** Failed share in a window of a second, from `minRequests` on, at which the run ramps down; null: never. */
  errorBudget: { share: number; minRequests: number } | null;
  /** 429 and 503 with Retry-After: what the server asks for is waited out, by pausing new sessions. */
  honourRetryAfter: boolean;
  keepAlive: boolean;
  cookies: boolean;
}
