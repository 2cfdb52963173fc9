import { type CommandSpec, option } from '../spec.ts';

/** Setting up a repository, and what agents read to work with it. */
export const INIT_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['init'],
    summary: 'look at this repository, and write its config and the workspace that people and agents share',
    options: [
      option({ field: 'yes', kind: 'boolean', description: 'ask nothing and write' }),
      option({
        field: 'dryRun',
        kind: 'boolean',
        description: 'write nothing; show every file whole, or what would change in it',
      }),
      option({
        field: 'agents',
        kind: 'list',
        description: 'write the MCP entry of these coding agents',
        placeholder: 'name',
        choices: ['claude', 'cursor', 'vscode', 'gemini', 'codex', 'none'],
        defaultText: 'those that the repository has files of',
      }),
      option({
        field: 'url',
        description: 'where the backend answers, when it is not where its files say',
        placeholder: 'url',
      }),
      option({
        field: 'dir',
        description: 'folder of the backend; without it, that of the config or manifest here or above',
        placeholder: 'folder',
        completes: 'directory',
      }),
    ],
    effect: 'write',
    examples: [
      { line: 'rearguard init', does: 'asks what it cannot know, shows what it would write, and writes it' },
      { line: 'rearguard init --dry-run', does: 'every file, before anything is written' },
      {
        line: 'rearguard init --yes --agents claude,cursor',
        does: 'for scripts; a second time changes nothing',
      },
    ],
    run: async (invocation) => (await import('../commands/init.ts')).run(invocation),
  },
  {
    path: ['skills'],
    summary: 'print how to work with Rearguard, for coding agents; with a name, the reference of one tool',
    options: [
      option({
        field: 'name',
        description: 'a tool, by name or alias',
        positional: true,
        placeholder: 'tool',
      }),
    ],
    effect: 'read',
    examples: [
      { line: 'rearguard skills', does: 'what an agent needs to begin, for the version that runs' },
      { line: 'rearguard skills health', does: 'commands, options and rules of one tool' },
    ],
    run: async (invocation) => (await import('../commands/skills.ts')).run(invocation),
  },
];
