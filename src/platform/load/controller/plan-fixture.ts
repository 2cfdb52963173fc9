import type { LoadModel, LoadPlan, PlannedStep } from '../../../core/load/plan.ts';

export function stepFixture(path: string, more: Partial<PlannedStep> = {}): PlannedStep {
  return {
    name: `GET ${path}`,
    origin: 0,
    method: 'GET',
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

export const arrivals = (rate: number, durationMs: number): LoadModel => ({
  kind: 'arrivals',
  stages: [{ from: rate, to: rate, durationMs }],
  spacing: 'even',
});

/** One step at one origin, with limits that nothing meets by chance. */
export function planFixture({
  limits,
  ...more
}: Partial<Omit<LoadPlan, 'limits'>> & { limits?: Partial<LoadPlan['limits']> } = {}): LoadPlan {
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
