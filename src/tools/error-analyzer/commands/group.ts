import { z } from 'zod';
import { LOG_LEVELS } from '../../../core/log/level.ts';
import { defineCommand } from '../../define.ts';
import type { ErrorOptions } from '../options.ts';
import { filesInput, formatInput, limitInput } from './inputs.ts';
import { readingDataSchema } from './reading-view.ts';

const input = z.strictObject({
  files: filesInput,
  format: formatInput,
  assign: z
    .boolean()
    .default(false)
    .describe(
      'Tell the group of each record, one a line: its number (in the order of reading, from 1), a tab, its group, and where there are several logs the log; up to 20,000 records in the report, all of them with --to',
    ),
  to: z
    .string()
    .min(1)
    .optional()
    .describe('Write the lines of --assign to this file; with --out /dev/null, /dev/stdout has them alone')
    .meta({ placeholder: 'file' }),
  explain: z.boolean().default(false).describe('Say of each group that is shown why its records are in it'),
  rules: z
    .string()
    .min(1)
    .optional()
    .describe("Grouping rules (YAML), instead of the config's")
    .meta({ placeholder: 'file' }),
  dryRun: z.boolean().default(false).describe('Say what each grouping rule would take, without it'),
  limit: limitInput,
});
export type GroupInput = z.infer<typeof input>;

const data = z.object({
  records: z.int(),
  /** Groups in all, of errors and of others; `groups` holds the first of them. */
  groupCount: z.int(),
  groups: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['message', 'exception']),
      title: z.string(),
      culprit: z.string().nullable(),
      level: z.enum(LOG_LEVELS),
      count: z.int(),
      /** Number of its first record. */
      firstRecord: z.int(),
      merged: z.array(z.object({ id: z.string(), reason: z.string(), count: z.int() })),
      /** With --explain. */
      explanation: z.array(z.string()).nullable(),
    }),
  ),
  /** With --assign: the group of record 1, 2, 3 …; those that are past the limit of a report are in the file only. */
  assigned: z.array(z.string()).nullable(),
  /** Records of which the group is told, here or in the file. */
  assignedCount: z.int(),
  /** With --dry-run, or where there are rules. */
  rules: z.array(z.object({ rule: z.string(), groups: z.array(z.string()), records: z.int() })),
  reading: readingDataSchema,
});
export type GroupCommandData = z.infer<typeof data>;

export const group = defineCommand<typeof input, typeof data, ErrorOptions>({
  summary:
    'How records fall into groups: all of them, each record for scoring, why, and what rules would change',
  input,
  data,
  effect: 'read',
  examples: [
    { line: 'rearguard errors group app.log --explain', does: 'the groups of a file and why they are' },
    { line: 'rearguard errors group app.log --assign --to groups.tsv', does: 'a line for each record' },
    {
      line: 'rearguard errors group app.log --rules grouping.yaml --dry-run',
      does: 'what rules would take, before they are in the config',
    },
  ],
  worksAlone: ({ files }) => files.length > 0,
  async run(ctx, asked) {
    const { runGroup } = await import('./group-run.ts');
    return runGroup(ctx, asked);
  },
});
