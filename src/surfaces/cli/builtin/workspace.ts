import { type CommandSpec, option } from '../spec.ts';

/** Whether what agents read of the backend is true. */
export const WORKSPACE_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['workspace', 'check'],
    summary:
      'whether AI-CONTEXT.md still matches the project: exit 1 with every mismatch, its line and what to do',
    options: [
      option({
        field: 'maxAge',
        description: 'older figures count as stale',
        placeholder: 'duration',
        defaultText: '30d',
      }),
    ],
    effect: 'read',
    examples: [
      { line: 'rearguard workspace check', does: 'for CI: endpoints, commands, figures, catalogue, links' },
      { line: 'rearguard workspace check --max-age 7d', does: 'figures must be of this week' },
    ],
    run: async (invocation) => (await import('../commands/workspace.ts')).check(invocation),
  },
  {
    path: ['workspace', 'refresh'],
    summary:
      'bring the generated parts of AI-CONTEXT.md up to date; what the team writes stays byte for byte',
    options: [],
    effect: 'write',
    examples: [
      {
        line: 'rearguard workspace refresh',
        does: 'at once, reading the code again; a second time changes nothing',
      },
    ],
    run: async (invocation) => (await import('../commands/workspace.ts')).refresh(invocation),
  },
];
