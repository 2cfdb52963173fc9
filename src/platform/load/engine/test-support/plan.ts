import type { LoadLimits, LoadModel, LoadPlan, PlannedStep } from '../../../../core/load/plan.ts';
import { planFixture, stepFixture } from '../../../../core/load/plan-fixture.ts';

export interface PlanParts {
  model: LoadModel;
  steps?: readonly PlannedStep[];
  begin?: readonly PlannedStep[];
  limits?: Partial<LoadLimits>;
}

/** A plan of one scenario against these ports of loopback. */
export function planOf(ports: readonly number[], parts: PlanParts, more: Partial<LoadPlan> = {}): LoadPlan {
  const { begin = [], steps = [stepFixture('/')] } = parts;
  return planFixture({
    seed: 7,
    model: parts.model,
    origins: ports.map((port) => ({ url: `http://127.0.0.1:${port}`, protocol: 'http/1.1' })),
    scenarios: [{ name: 'only', weight: 1, begin, steps }],
    ...more,
    limits: {
      maxConnections: 16,
      maxQueued: 100_000,
      connectTimeoutMs: 30_000,
      drainMs: 30_000,
      maxRatePerSecond: 100_000,
      cookies: false,
      ...parts.limits,
    },
  });
}
