import { type CommandSpec, option } from '../spec.ts';

/** What other teams read of the backend. */
export const OVERVIEW_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['overview', 'api-update'],
    summary: 'write what changed between two versions of the OpenAPI document, for those who call the API',
    options: [
      option({
        field: 'before',
        description: "the old document: a file, or git:<revision> of the new one's file",
        placeholder: 'file',
        defaultText: 'git:HEAD',
        completes: 'file',
      }),
      option({
        field: 'after',
        description: 'the new document: a file or a URL of a target; without it, the one the config names',
        placeholder: 'file',
        completes: 'file',
      }),
      option({ field: 'reason', description: 'why it changed', placeholder: 'text' }),
      option({ field: 'timeline', description: 'when it goes live', placeholder: 'text' }),
      option({ field: 'dryRun', kind: 'boolean', description: 'show what would be written' }),
    ],
    effect: 'write',
    examples: [
      {
        line: 'rearguard overview api-update --before git:v1.4 --after openapi.json',
        does: 'one entry an operation in AI-PROJECT-OVERVIEW.md: change, migration plan, new response',
      },
      {
        line: 'rearguard overview api-update --dry-run',
        does: 'what the working tree changes since the last commit',
      },
    ],
    run: async (invocation) => (await import('../commands/overview.ts')).apiUpdate(invocation),
  },
];
