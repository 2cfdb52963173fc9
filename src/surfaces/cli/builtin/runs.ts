import { type CommandSpec, limitOption, option } from '../spec.ts';

const RUN = option({ field: 'run', description: 'id of a run', required: true, positional: true });

/** Runs by their ids: what was measured before, and what runs in a process of its own. */
export const RUN_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['runs', 'list'],
    isDefault: true,
    summary: 'runs that are under way, and those that left a report, newest first',
    options: [limitOption('20')],
    effect: 'read',
    examples: [{ line: 'rearguard runs', does: 'what agents and people let run, and how it ended' }],
    run: async (invocation) => (await import('../commands/runs.ts')).list(invocation),
  },
  {
    path: ['runs', 'show'],
    summary: 'the report of a run, as it was; of one that is under way, how far it is',
    options: [RUN],
    effect: 'read',
    examples: [
      {
        line: 'rearguard runs show 20261128T104050-3f9a1c20 --output html --out run.html',
        does: 'as a page',
      },
    ],
    run: async (invocation) => (await import('../commands/runs.ts')).show(invocation),
  },
  {
    path: ['runs', 'cancel'],
    summary: 'stop a run that is under way in a process of its own',
    options: [RUN],
    effect: 'write',
    examples: [{ line: 'rearguard runs cancel 20261128T104050-3f9a1c20', does: 'load ends within a second' }],
    run: async (invocation) => (await import('../commands/runs.ts')).cancel(invocation),
  },
];
