import { benchmarkOfParts } from './lib/bench.ts';
import { verifyRows } from './lib/agents/verify.ts';

export const benchmark = benchmarkOfParts({
  name: 'agents',
  summary: 'What people and their agents share: verify of every rule',
  parts: {
    verify: verifyRows,
  },
});
