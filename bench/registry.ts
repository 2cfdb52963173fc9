import type { Benchmark } from './lib/bench.ts';

type BenchmarkModule = { benchmark: Benchmark };

/** Every benchmark by name; loaded only when it is asked for. */
export const benchmarks: Readonly<Record<string, () => Promise<BenchmarkModule>>> = {
  'deploy-verdict': () => import('./deploy-verdict.ts'),
  'store-crash': () => import('./store-crash.ts'),
};
