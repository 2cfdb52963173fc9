import { type CommandSpec, option } from '../spec.ts';

/** Tools of the team's own, in the workspace. */
export const OWN_TOOL_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['tool', 'new'],
    summary: 'write a tool of your own into the workspace: it works at once, and has tests',
    options: [
      option({
        field: 'name',
        description: 'what it is called: lower case words with hyphens',
        placeholder: 'name',
        required: true,
        positional: true,
      }),
    ],
    effect: 'write',
    examples: [
      {
        line: 'rearguard tool new auth-flow-tracer',
        does: 'ai-agents/backend/tools/auth-flow-tracer/, which every surface finds by itself',
      },
    ],
    run: async (invocation) => (await import('../commands/tool-new.ts')).run(invocation),
  },
  {
    path: ['tool', 'test'],
    summary: 'whether your own tools keep what every tool must keep, and pass their own tests',
    options: [option({ field: 'name', description: 'only this one', placeholder: 'name', positional: true })],
    effect: 'read',
    examples: [
      { line: 'rearguard tool test', does: 'every tool of your own; exit 1 when something fails' },
      { line: 'rearguard tool test auth-flow-tracer', does: 'one of them' },
    ],
    run: async (invocation) => (await import('../commands/tool-test.ts')).run(invocation),
  },
];
