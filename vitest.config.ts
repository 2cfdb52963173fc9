import { configDefaults, defineConfig } from 'vitest/config';

/** Looks at ten backends within a minute and expects to find everything: whatever runs beside it takes that minute away. */
const ALONE = ['test/demo.test.ts'];

const common = {
  // Servers and child processes start slowly when both cores are busy; no test asserts on time.
  testTimeout: 60_000,
  hookTimeout: 120_000,
  pool: 'forks',
  // What is measured while a neighbour keeps the machine busy is told as not known, which is right and not what a test asks for.
  retry: 1,
} as const;

export default defineConfig({
  test: {
    // Half of the time tests wait for real servers, so two files at once take little more than half of the time.
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...common,
          name: 'beside others',
          include: ['{src,demo,bench,test}/**/*.test.ts'],
          // Backends as their frameworks' generators lay them out, tests of their own included.
          exclude: [...configDefaults.exclude, 'test/fixtures/**', ...ALONE],
          sequence: { groupOrder: 0 },
        },
      },
      { test: { ...common, name: 'alone', include: ALONE, sequence: { groupOrder: 1 } } },
    ],
  },
});
