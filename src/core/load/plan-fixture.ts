import type { LoadLimits, LoadModel, LoadPlan, PlannedStep } from './plan.ts';

export type PlanFixtureParts = Partial<Omit<LoadPlan, 'limits'>> & { limits?: Partial<LoadLimits> };

/** A GET, unless more is said. */
export function stepFixture(path: string, more: Partial<PlannedStep> = {}): PlannedStep {
  const { method = 'GET' } = more;
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

/** One step at one origin, with limits that nothing meets by chance. */
export function planFixture({ limits, ...more }: PlanFixtureParts = {}): LoadPlan {
  return {
    name: 'test',
    seed: 1,
    model: users(4, 60_000),
    origins: [{ url: 'http://127.0.0.1:9', protocol: 'http/1.1' }],
    scenarios: [{ name: 'visit', weight: 1, begin: [], steps: [stepFixture('/')] }],
    setUp: [],
    tearDown: [],
    variables: {},
    feeders: [],
    tracedShare: 0,
    ...more,
    limits: {
      maxConnections: 100,
      maxQueued: 1_000,
      connectTimeoutMs: 10_000,
      drainMs: 4_000,
      maxRatePerSecond: 10_000,
      maxDurationMs: 600_000,
      errorBudget: null,
      honourRetryAfter: true,
      keepAlive: true,
      cookies: true,
      ...limits,
    },
  };
}
