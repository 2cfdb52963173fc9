import type { LoadLimits, LoadModel, LoadPlan, PlannedStep } from '../../../../core/load/plan.ts';

export function stepTo(path: string, more: Partial<PlannedStep> = {}): PlannedStep {
  const method = more.method ?? 'GET';
  return {
    name: `${method} ${path}`,
    origin: 0,
    method,
    path,
    headers: [],
    body: null,
    timeoutMs: 30_000,
    maxRedirects: 0,
    checks: [],
    extract: [],
    think: null,
    stream: null,
    ...more,
  };
}

export interface PlanParts {
  model: LoadModel;
  steps?: readonly PlannedStep[];
  begin?: readonly PlannedStep[];
  limits?: Partial<LoadLimits>;
}

/** A plan of one scenario against these ports of loopback. */
export function planOf(ports: readonly number[], parts: PlanParts, more: Partial<LoadPlan> = {}): LoadPlan {
  return {
    name: 'test',
    seed: 7,
    model: parts.model,
    origins: ports.map((port) => ({ url: `http://127.0.0.1:${port}`, protocol: 'http/1.1' })),
    scenarios: [{ name: 'only', weight: 1, begin: parts.begin ?? [], steps: parts.steps ?? [stepTo('/')] }],
    setUp: [],
    tearDown: [],
    variables: {},
    feeders: [],
    limits: {
      maxConnections: 16,
      maxQueued: 100_000,
      connectTimeoutMs: 30_000,
      drainMs: 30_000,
      maxRatePerSecond: 100_000,
      maxDurationMs: 600_000,
      errorBudget: null,
      honourRetryAfter: true,
      keepAlive: true,
      cookies: false,
      ...parts.limits,
    },
    tracedShare: 0,
    ...more,
  };
}

export const users = (count: number, durationMs: number): LoadModel => ({
  kind: 'users',
  stages: [{ from: count, to: count, durationMs }],
});

export const arrivals = (
  ratePerSecond: number,
  durationMs: number,
  spacing: 'even' | 'poisson' = 'even',
): LoadModel => ({
  kind: 'arrivals',
  spacing,
  stages: [{ from: ratePerSecond, to: ratePerSecond, durationMs }],
});

/** So many sessions at once, at the start: what happens next does not depend on how busy the machine is. */
export const atOnce = (sessions: number): LoadModel => ({
  kind: 'replay',
  atMs: new Float64Array(sessions),
  scenario: new Uint16Array(sessions),
  speed: 1,
});
