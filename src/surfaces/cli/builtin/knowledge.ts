import { type CommandSpec, limitOption, option } from '../spec.ts';

const markdown = (field: string, description: string): ReturnType<typeof option> =>
  option({ field, description, placeholder: 'markdown' });

/** Headings of an entry; each is an option of `knowledge add`. */
export const KNOWLEDGE_OPTIONS = [
  markdown('detectionTools', 'which monitoring caught it, or should have'),
  markdown('investigationTools', 'what was needed to find the cause'),
  markdown('rootCause', 'why it happened'),
  markdown('solution', 'what was done, with measured improvements'),
  markdown('prevention', 'what keeps it from coming back'),
  markdown('systemPattern', 'what kind of fault it is'),
  markdown('toolEvolution', 'how the tools became better by it'),
  markdown('solutionAuthority', 'the definitive fix, step by step'),
  markdown('scalabilityImpact', 'what it does under load'),
  markdown('securityConsiderations', 'what it means for security'),
  markdown('toolIntegration', 'how the tools look for it from now on'),
];

/** Lessons of the team, in Markdown of its own. */
export const KNOWLEDGE_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['knowledge', 'search'],
    isDefault: true,
    summary: 'lessons with these words; without words all of them, newest first',
    options: [
      option({
        field: 'words',
        kind: 'list',
        description: 'what to look for; beginnings and small mistakes are right, too',
        positional: true,
      }),
      limitOption('10'),
    ],
    effect: 'read',
    examples: [
      { line: 'rearguard knowledge', does: 'every lesson' },
      { line: 'rearguard knowledge search slow orders', does: 'those about it, best first' },
    ],
    run: async (invocation) => (await import('../commands/knowledge.ts')).search(invocation),
  },
  {
    path: ['knowledge', 'show'],
    summary: 'show one lesson, and the findings it fits now',
    options: [
      option({
        field: 'id',
        description: 'id of the entry, or the beginning of it',
        required: true,
        positional: true,
      }),
    ],
    effect: 'read',
    examples: [{ line: 'rearguard knowledge show kb-orders-without-an-index', does: 'all its headings' }],
    run: async (invocation) => (await import('../commands/knowledge.ts')).show(invocation),
  },
  {
    path: ['knowledge', 'add'],
    summary: 'add a lesson: drafted from a finding, by options, or as Markdown on stdin',
    options: [
      option({
        field: 'from',
        description: 'draft it from this finding, with what was measured',
        placeholder: 'finding',
      }),
      option({ field: 'title', description: 'a few words', placeholder: 'text' }),
      option({
        field: 'kind',
        description: 'what it is about',
        choices: ['incident', 'pattern'],
        defaultText: 'incident',
      }),
      option({ field: 'by', description: 'who writes it', placeholder: 'name' }),
      option({
        field: 'reviewBy',
        description: 'when to see whether it is still true',
        placeholder: 'date',
        defaultText: 'in 180 days',
      }),
      option({ field: 'tags', kind: 'list', description: 'words to find it by', placeholder: 'tag' }),
      option({
        field: 'matches',
        kind: 'list',
        description: 'findings it speaks of: an id, or "tool/rule on subject*"',
        placeholder: 'match',
      }),
      option({
        field: 'draft',
        kind: 'boolean',
        description: 'mark missing headings as to be completed instead of refusing',
      }),
      ...KNOWLEDGE_OPTIONS,
    ],
    effect: 'write',
    examples: [
      { line: 'rearguard knowledge add --from db-3f9a1c20', does: 'a draft; twice does no harm' },
      { line: 'rearguard knowledge add < entry.md', does: 'an entry as it would stand in the file' },
      {
        line: 'rearguard knowledge add --draft --title "Sessions outlive logout" --root-cause "the cache keeps them"',
        does: 'a beginning; `knowledge check` lists what it lacks',
      },
    ],
    run: async (invocation) => (await import('../commands/knowledge.ts')).add(invocation),
  },
  {
    path: ['knowledge', 'check'],
    summary: 'whether every lesson is whole and due for no review: exit 1 with each line that is not',
    options: [],
    effect: 'read',
    examples: [{ line: 'rearguard knowledge check', does: 'for CI' }],
    run: async (invocation) => (await import('../commands/knowledge.ts')).check(invocation),
  },
];
