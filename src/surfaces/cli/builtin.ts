import { ALERTING_COMMANDS } from './builtin/alerting.ts';
import { FINDING_COMMANDS } from './builtin/findings.ts';
import { INIT_COMMANDS } from './builtin/init.ts';
import { KNOWLEDGE_COMMANDS } from './builtin/knowledge.ts';
import { OWN_TOOL_COMMANDS } from './builtin/own-tools.ts';
import { MCP_COMMANDS } from './builtin/mcp.ts';
import { OVERVIEW_COMMANDS } from './builtin/overview.ts';
import { RUN_COMMANDS } from './builtin/runs.ts';
import { SESSION_COMMANDS } from './builtin/sessions.ts';
import { SETUP_COMMANDS } from './builtin/setup.ts';
import { WORKFLOW_COMMANDS } from './builtin/workflows.ts';
import { WORKSPACE_COMMANDS } from './builtin/workspace.ts';
import type { CommandSpec } from './spec.ts';

/** Name and summary of the parents that are not tools. */
export const GROUPS: Readonly<Record<string, string>> = {
  findings: 'what was found, in this and earlier runs',
  deploy: 'tell Rearguard about deployments',
  alerts: 'what is wrong now, and who was told',
  knowledge: 'lessons of the team',
  overview: 'what other teams read of the backend',
  runs: 'what was run, and what is running',
  session: 'working periods and the updates they leave',
  maintenance: 'windows of planned work',
  config: 'the configuration as Rearguard understands it',
  tools: 'the tools and their commands',
  tool: 'tools of your own',
  workspace: 'what people and agents share, and whether it is true',
};

/** The commands outside the tools. Their code loads when they run: this list is all that `--help` needs. */
export const BUILTIN_COMMANDS: readonly CommandSpec[] = [
  ...FINDING_COMMANDS,
  ...WORKFLOW_COMMANDS,
  ...ALERTING_COMMANDS,
  ...RUN_COMMANDS,
  ...SESSION_COMMANDS,
  ...KNOWLEDGE_COMMANDS,
  ...OVERVIEW_COMMANDS,
  ...OWN_TOOL_COMMANDS,
  ...INIT_COMMANDS,
  ...WORKSPACE_COMMANDS,
  ...MCP_COMMANDS,
  ...SETUP_COMMANDS,
];
