import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'demo/**/*.test.ts', 'bench/**/*.test.ts', 'test/**/*.test.ts'],
    // Backends as their frameworks' generators lay them out, tests of their own included.
    exclude: [...configDefaults.exclude, 'test/fixtures/**'],
    // Servers and child processes start slowly when both cores are busy; no test asserts on time.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
});
