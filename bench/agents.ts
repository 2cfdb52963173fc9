import { benchmarkOfParts } from './lib/bench.ts';
import { projectRows } from './lib/agents/project.ts';
import { verifyRows } from './lib/agents/verify.ts';

export const benchmark = benchmarkOfParts({
  name: 'agents',
  summary: 'What people and their agents share: facts of a repository, verify of every rule',
  parts: {
    project: projectRows,
    verify: verifyRows,
  },
});
