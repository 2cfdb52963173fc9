import { type CommandSpec, option } from '../spec.ts';

/** Several commands as one. */
export const WORKFLOW_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['run'],
    summary: 'run a workflow to one merged report; without a name, list them with their steps',
    options: [
      option({
        field: 'workflow',
        description: 'daily, pre-deploy, post-deploy, optimize, incident, or one of the config',
        positional: true,
      }),
    ],
    effect: 'traffic',
    examples: [
      { line: 'rearguard run daily', does: 'the morning look, and what changed since the last one' },
      {
        line: 'rearguard run incident',
        does: 'one timeline over all tools, likely causes with what speaks against them',
      },
      { line: 'rearguard run pre-deploy --output github', does: 'in CI' },
    ],
    run: async (invocation) => (await import('../commands/run-workflow.ts')).run(invocation),
  },
];
