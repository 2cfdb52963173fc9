import type { Benchmark } from './lib/bench.ts';

type BenchmarkModule = { benchmark: Benchmark };

/** Every benchmark by name; loaded only when it is asked for. */
export const benchmarks: Readonly<Record<string, () => Promise<BenchmarkModule>>> = {
  faults: () => import('./faults.ts'),
  advisor: () => import('./advisor.ts'),
  agents: () => import('./agents.ts'),
  alerts: () => import('./alerts.ts'),
  clock: () => import('./clock.ts'),
  database: () => import('./database.ts'),
  dependencies: () => import('./dependencies.ts'),
  'deploy-verdict': () => import('./deploy-verdict.ts'),
  errors: () => import('./errors.ts'),
  footprint: () => import('./footprint.ts'),
  'health-scale': () => import('./health-scale.ts'),
  load: () => import('./load.ts'),
  phases: () => import('./phases.ts'),
  serve: () => import('./serve.ts'),
  'store-crash': () => import('./store-crash.ts'),
};
