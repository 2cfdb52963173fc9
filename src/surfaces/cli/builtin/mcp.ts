import { type CommandSpec, option } from '../spec.ts';

/** The server for coding agents. */
export const MCP_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['mcp'],
    summary: 'serve coding agents over the Model Context Protocol: stdio, or HTTP on loopback',
    options: [
      option({
        field: 'http',
        kind: 'boolean',
        description: 'streamable HTTP on 127.0.0.1 instead of stdio',
      }),
      option({
        field: 'port',
        kind: 'integer',
        description: 'port of --http; without it, any free one',
        placeholder: 'n',
      }),
      option({
        field: 'allowWrite',
        kind: 'boolean',
        description: 'let agents change something: sessions, mutes, commands that write files',
      }),
    ],
    effect: 'read',
    examples: [
      { line: 'rearguard mcp', does: 'what an agent starts; it ends when the agent closes its end' },
      { line: 'claude mcp add rearguard -- npx rearguard mcp', does: 'for Claude Code' },
      {
        line: 'rearguard mcp --http --port 7410',
        does: 'the token is on stderr, or yours in REARGUARD_MCP_TOKEN',
      },
      { line: 'rearguard mcp --allow-write', does: 'agents may keep sessions and mute findings' },
    ],
    run: async (invocation) => (await import('../commands/mcp.ts')).run(invocation),
  },
];
