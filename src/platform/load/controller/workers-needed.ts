import type { LoadPlan } from '../../../core/load/plan.ts';

/** What one worker does with ease: beyond, its own work begins to show in how exactly it keeps the intended times. */
const REQUESTS_PER_SECOND = 5_000;
const USERS = 50;

/** Cores minus one, at least one, and no more than the load needs: a second event loop is a second thing that can be late. */
export function workersNeeded(plan: LoadPlan, cores: number): number {
  const { maxConnections } = plan.limits;
  const most = Math.max(1, Math.min(cores - 1, maxConnections));
  return Math.max(1, Math.min(most, Math.ceil(wanted(plan))));
}

function wanted({ model, scenarios }: LoadPlan): number {
  switch (model.kind) {
    case 'users':
      return peakOf(model.stages) / USERS;
    case 'iterations':
      return model.users / USERS;
    case 'arrivals': {
      const steps = Math.max(
        1,
        ...scenarios.map((scenario) => scenario.begin.length + scenario.steps.length),
      );
      return (peakOf(model.stages) * steps) / REQUESTS_PER_SECOND;
    }
    case 'replay':
    default: {
      const spanMs = Math.max(1, (model.atMs.at(-1) ?? 0) / model.speed);
      return ((model.atMs.length / spanMs) * 1_000) / REQUESTS_PER_SECOND;
    }
  }
}

function peakOf(stages: readonly { from: number; to: number }[]): number {
  return Math.max(0, ...stages.flatMap(({ from, to }) => [from, to]));
}
