import { NOTE_KINDS } from '../../../core/note-kinds.ts';
import { type CommandSpec, limitOption, option } from '../spec.ts';

/** Working periods of people and agents, and the updates they leave. */
export const SESSION_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['session', 'show'],
    isDefault: true,
    summary: 'the session that is open, and those before',
    options: [limitOption('10')],
    effect: 'read',
    examples: [{ line: 'rearguard session', does: 'whether one is open' }],
    run: async (invocation) => (await import('../commands/session.ts')).show(invocation),
  },
  {
    path: ['session', 'start'],
    summary: 'begin a session: what happens from now on goes into its update',
    options: [
      option({
        field: 'title',
        description: 'what you are about to do',
        placeholder: 'text',
        required: true,
        positional: true,
      }),
      option({ field: 'by', description: 'who works', placeholder: 'name' }),
    ],
    effect: 'write',
    examples: [
      { line: 'rearguard session start "checkout is slow" --by Ann', does: 'until `rearguard session end`' },
    ],
    run: async (invocation) => (await import('../commands/session.ts')).start(invocation),
  },
  {
    path: ['session', 'note'],
    summary: 'note something in the open session',
    options: [
      option({
        field: 'text',
        description: 'what you found or did',
        placeholder: 'text',
        required: true,
        positional: true,
      }),
      option({
        field: 'kind',
        description: 'heading of the update under which it stands',
        choices: NOTE_KINDS,
        defaultText: 'insight',
      }),
    ],
    effect: 'write',
    examples: [
      {
        line: 'rearguard session note "orders has no index on customer_id"',
        does: 'under System Insights Gained',
      },
      {
        line: 'rearguard session note "CI runs pre-deploy now" --kind infrastructure',
        does: 'under Infrastructure Evolution',
      },
    ],
    run: async (invocation) => (await import('../commands/session.ts')).note(invocation),
  },
  {
    path: ['session', 'end'],
    summary:
      'end the session and write its dated update: runs, findings, tools and files as they really were',
    options: [],
    effect: 'write',
    examples: [{ line: 'rearguard session end', does: 'twice does no harm' }],
    run: async (invocation) => (await import('../commands/session.ts')).end(invocation),
  },
];
