import { z } from 'zod';
import { LOG_LEVELS } from '../../../core/log/level.ts';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { defineCommand } from '../../define.ts';
import type { ErrorOptions } from '../options.ts';
import { groupDataSchema, incidentDataSchema } from './group-data.ts';
import { filesInput, formatInput } from './inputs.ts';
import { readingDataSchema } from './reading-view.ts';

const input = z.strictObject({
  group: z
    .string()
    .min(1)
    .describe('Id of the group, or the beginning of it')
    .meta({ positional: true, placeholder: 'group' }),
  files: filesInput,
  since: optionalDurationSchema(
    'How far to look back; default: the day before its last record, and all of files that are named',
  ),
  format: formatInput,
  explain: z.boolean().default(false).describe('Also say why its records are in it, step by step'),
});
export type ShowInput = z.infer<typeof input>;

const data = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Of all groups. */
  records: z.int(),
  group: groupDataSchema,
  /** Of all records of the time. */
  sharePercent: z.number(),
  /** In anything ever read; null when only files were looked at. */
  total: z.int().nullable(),
  fields: z.array(
    z.object({
      field: z.string(),
      values: z.array(z.object({ value: z.string(), count: z.int() })),
      others: z.int(),
      distinct: z.int(),
    }),
  ),
  /** Newest first, then a sample over all of the time. Untrusted text. */
  samples: z.array(
    z.object({
      at: z.iso.datetime().nullable(),
      level: z.enum(LOG_LEVELS),
      stream: z.string(),
      text: z.string(),
      fields: z.record(z.string(), z.string()),
    }),
  ),
  merged: z.array(z.object({ id: z.string(), reason: z.string() })),
  /** What a person said of it. */
  said: z
    .object({
      state: z.enum(['resolved', 'ignored']),
      at: z.iso.datetime(),
      release: z.string().nullable(),
      until: z.iso.datetime().nullable(),
      untilPerHour: z.number().nullable(),
      note: z.string().nullable(),
    })
    .nullable(),
  incidents: z.array(incidentDataSchema),
  /** With --explain. */
  explanation: z.array(z.string()).nullable(),
  reading: readingDataSchema,
});
export type ShowData = z.infer<typeof data>;

export const show = defineCommand<typeof input, typeof data, ErrorOptions>({
  summary:
    'One error whole: how often, who is hit, which releases, its records, the likely cause, and why they are one',
  input,
  data,
  effect: 'read',
  examples: [
    { line: 'rearguard errors show e3f9a1c20b7d', does: 'a group of the logs of the config' },
    {
      line: 'rearguard errors show e3f9a1 app.log --explain',
      does: 'of a file, and why its lines are one group',
    },
  ],
  worksAlone: ({ files }) => files.length > 0,
  async run(ctx, asked) {
    const { runShow } = await import('./show-run.ts');
    return runShow(ctx, asked);
  },
});
