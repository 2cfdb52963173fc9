import type { ToolDefinition } from './define.ts';

/** What is known of a tool without loading it: enough for help, completion and catalogues. */
export interface ToolEntry {
  name: string;
  alias: string;
  summary: string;
  commands: readonly { name: string; summary: string }[];
  load(): Promise<ToolDefinition>;
}

/** The tools that come with Rearguard. A test proves that each entry equals what it loads. */
export const BUILTIN_TOOLS: readonly ToolEntry[] = [
  {
    name: 'api-health-monitor',
    alias: 'health',
    summary: 'Response times, error rates and uptime of endpoints',
    commands: [
      { name: 'watch', summary: 'Watch' },
      { name: 'status', summary: 'Status' },
      { name: 'baseline', summary: 'Baseline' },
      { name: 'performance-report', summary: 'Performance report' },
      { name: 'post-deploy-check', summary: 'Post-deploy check' },
    ],
    load: async () => (await import('./api-health-monitor/index.ts')).tool,
  },
];

/** A built-in tool by its name or alias. */
export function loadBuiltinTool(name: string): Promise<ToolDefinition> {
  const entry = BUILTIN_TOOLS.find((tool) => tool.name === name || tool.alias === name);
  if (!entry) throw new TypeError(`${name} is no built-in tool`);
  return entry.load();
}

export function loadBuiltinTools(): Promise<ToolDefinition[]> {
  return Promise.all(BUILTIN_TOOLS.map((entry) => entry.load()));
}
