import { type CommandSpec, limitOption, option } from '../spec.ts';

const SEVERAL_TOOLS = option({
  field: 'tool',
  kind: 'list',
  description: 'only these tools, by name or alias',
  placeholder: 'name',
});

const FINDING = option({
  field: 'finding',
  description: 'id of a finding, or the beginning of it',
  required: true,
  positional: true,
});

/** What was found, and what proves that it is gone. */
export const FINDING_COMMANDS: readonly CommandSpec[] = [
  {
    path: ['check'],
    summary: 'run the safe check of every configured tool and rank what they find',
    options: [SEVERAL_TOOLS],
    effect: 'traffic',
    examples: [
      { line: 'rearguard check', does: 'everything; exit 1 for findings that are high or critical' },
      { line: 'rearguard check --tool health --fail-on medium', does: 'one tool, and stricter' },
      { line: 'rearguard check --output sarif --out rearguard.sarif', does: 'for a code scanning page' },
    ],
    run: async (invocation) => (await import('../commands/check.ts')).run(invocation),
  },
  {
    path: ['findings', 'list'],
    isDefault: true,
    summary: 'list the open findings, worst first',
    options: [
      SEVERAL_TOOLS,
      option({
        field: 'state',
        kind: 'list',
        description: 'only findings in these states',
        choices: ['new', 'ongoing', 'regressed', 'resolved', 'muted'],
        defaultText: 'new,ongoing,regressed',
      }),
      option({
        field: 'severity',
        description: 'only this severe or worse',
        choices: ['critical', 'high', 'medium', 'low', 'info'],
      }),
      option({ field: 'rule', description: 'only of this rule', placeholder: 'id' }),
      option({
        field: 'subject',
        description: 'only where the subject has this in its name',
        placeholder: 'text',
      }),
      limitOption('20'),
      option({ field: 'cursor', description: 'the page after, from page.nextCursor of the page before' }),
    ],
    effect: 'read',
    examples: [
      { line: 'rearguard findings', does: 'what stands now' },
      { line: 'rearguard findings list --state resolved --json', does: 'what is gone, for a program' },
    ],
    run: async (invocation) => (await import('../commands/findings.ts')).list(invocation),
  },
  {
    path: ['findings', 'show'],
    summary: 'show one finding with its evidence and fix',
    options: [FINDING],
    effect: 'read',
    examples: [{ line: 'rearguard findings show health-3f9a1c20', does: 'everything known about it' }],
    run: async (invocation) => (await import('../commands/findings.ts')).show(invocation),
  },
  {
    path: ['findings', 'mute'],
    summary: 'keep a finding out of results and exit codes',
    options: [
      FINDING,
      option({
        field: 'for',
        description: 'for this long; without it, until it is unmuted',
        placeholder: 'duration',
      }),
      option({
        field: 'reason',
        description: 'why, for those who come later',
        placeholder: 'text',
        required: true,
      }),
    ],
    effect: 'write',
    examples: [
      {
        line: 'rearguard findings mute health-3f9a1c20 --for 7d --reason "fixed in the next release"',
        does: 'a week of silence for one finding',
      },
    ],
    run: async (invocation) => (await import('../commands/findings.ts')).mute(invocation),
  },
  {
    path: ['findings', 'unmute'],
    summary: 'let a muted finding count again',
    options: [FINDING],
    effect: 'write',
    examples: [{ line: 'rearguard findings unmute health-3f9a1c20', does: 'it counts again' }],
    run: async (invocation) => (await import('../commands/findings.ts')).unmute(invocation),
  },
  {
    path: ['verify'],
    summary: 'run exactly the check that raised a finding: exit 0 only if it is gone',
    options: [FINDING],
    effect: 'traffic',
    examples: [
      { line: 'rearguard verify health-3f9a1c20', does: '0: gone; 1: it stands; 3: could not tell' },
    ],
    run: async (invocation) => (await import('../commands/verify.ts')).run(invocation),
  },
  {
    path: ['fix'],
    summary: 'show the patch of a finding; --apply writes a change of files and verifies it',
    options: [
      FINDING,
      option({
        field: 'apply',
        kind: 'boolean',
        description: 'write it: into files of the project, all or none, never into a database',
      }),
      option({
        field: 'asMigration',
        valueOptional: true,
        placeholder: 'folder',
        description: 'a change of the schema as a new migration in the style of the project',
      }),
      option({
        field: 'force',
        kind: 'boolean',
        description: 'also write over changes that are not committed',
      }),
    ],
    effect: 'write',
    examples: [
      { line: 'rearguard fix optimize-3f9a1c20', does: 'what it is, and nothing is written' },
      {
        line: 'rearguard fix optimize-3f9a1c20 --as-migration',
        does: 'the migration that your project would get',
      },
      { line: 'rearguard fix auth-9b1c2d3e --apply', does: 'writes the diff, then runs the check again' },
    ],
    run: async (invocation) => (await import('../commands/fix.ts')).run(invocation),
  },
  {
    path: ['deploy', 'mark'],
    summary: 'record that a release went live, so that before and after can be told apart',
    options: [
      option({
        field: 'release',
        description: 'name of the release: a version or a commit',
        placeholder: 'name',
      }),
      option({
        field: 'target',
        description: 'name of the target, when only one was deployed',
        placeholder: 'name',
      }),
    ],
    effect: 'write',
    examples: [{ line: 'rearguard deploy mark --release v1.4.2', does: 'call it last in the deploy script' }],
    run: async (invocation) => (await import('../commands/deploy-mark.ts')).run(invocation),
  },
];
