import { benchmarkOfParts } from './lib/bench.ts';
import { longRunRows } from './lib/agents/long-run.ts';
import { mcpRows } from './lib/agents/mcp.ts';
import { migrationRows } from './lib/agents/migrations.ts';
import { projectRows } from './lib/agents/project.ts';
import { realProjectRows } from './lib/agents/real-projects.ts';
import { storyRows } from './lib/agents/story.ts';
import { verifyRows } from './lib/agents/verify.ts';

export const benchmark = benchmarkOfParts({
  name: 'agents',
  summary:
    'What people and their agents share: facts of a repository, what the MCP server costs, an agent at work, verify of every rule, migrations that frameworks run',
  parts: {
    project: projectRows,
    'real-projects': realProjectRows,
    mcp: mcpRows,
    'long-run': longRunRows,
    story: storyRows,
    verify: verifyRows,
    migrations: migrationRows,
  },
});
