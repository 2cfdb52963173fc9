/** Coding agents that read MCP servers from a file in the repository. */
export const AGENTS = ['claude', 'cursor', 'vscode', 'gemini', 'codex'] as const;
export type Agent = (typeof AGENTS)[number];

interface AgentFile {
  /** As its makers write it. */
  title: string;
  path: string;
  /** What shows that somebody uses it here. */
  traces: readonly string[];
  format: 'json' | 'toml';
  /** Key of the servers. */
  key: string;
}

export const AGENT_FILES: Readonly<Record<Agent, AgentFile>> = {
  claude: {
    title: 'Claude Code',
    path: '.mcp.json',
    traces: ['.claude', '.mcp.json', 'CLAUDE.md'],
    format: 'json',
    key: 'mcpServers',
  },
  cursor: {
    title: 'Cursor',
    path: '.cursor/mcp.json',
    traces: ['.cursor', '.cursorrules'],
    format: 'json',
    key: 'mcpServers',
  },
  vscode: {
    title: 'VS Code',
    path: '.vscode/mcp.json',
    traces: ['.vscode/mcp.json', '.github/copilot-instructions.md'],
    format: 'json',
    key: 'servers',
  },
  gemini: {
    title: 'Gemini CLI',
    path: '.gemini/settings.json',
    traces: ['.gemini', 'GEMINI.md'],
    format: 'json',
    key: 'mcpServers',
  },
  codex: {
    title: 'Codex',
    path: '.codex/config.toml',
    traces: ['.codex'],
    format: 'toml',
    key: 'mcp_servers',
  },
};

/** Read-only, and without anything of this machine: `npx` finds the installed program on every machine of the team. */
const SERVER = { command: 'npx', args: ['rearguard', 'mcp'] } as const;

/** The whole file of an agent that has none yet. */
export function mcpFile(agent: Agent): string {
  const { format, key } = AGENT_FILES[agent];
  if (format === 'toml') {
    const args = SERVER.args.map((word) => JSON.stringify(word)).join(', ');
    return `[${key}.rearguard]\ncommand = ${JSON.stringify(SERVER.command)}\nargs = [${args}]\n`;
  }
  const server = agent === 'vscode' ? { type: 'stdio', ...SERVER } : SERVER;
  return `${JSON.stringify({ [key]: { rearguard: server } }, null, 2)}\n`;
}

/** Whether the file that is there knows the server already, however it is called. */
export function hasMcpEntry(text: string): boolean {
  return /rearguard/.test(text);
}
