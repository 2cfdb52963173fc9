import { z } from 'zod';
import { LOG_LEVELS } from '../../../core/log/level.ts';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { defineCommand } from '../../define.ts';
import type { ErrorOptions } from '../options.ts';
import { filesInput, formatInput } from './inputs.ts';
import { readingDataSchema } from './reading-view.ts';

const input = z.strictObject({
  filter: z
    .string()
    .describe(
      'What records must have: words and "quoted text" anywhere in them; `name=value` with != ~ (glob with *) !~ > >= < <=, where name is level, time, message, logger, exception, log, a field, or user, host, tenant, endpoint, service, status, release, request, trace, whatever the field is called; and, or, not, brackets',
    )
    .meta({ positional: true, placeholder: 'filter' }),
  files: filesInput,
  by: z
    .string()
    .min(1)
    .optional()
    .describe('Count them by the values of this name')
    .meta({ placeholder: 'name' }),
  since: optionalDurationSchema('Only records of so long before now; default: all'),
  format: formatInput,
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(12)
    .describe('Records that are shown, the newest ones, and values of --by')
    .meta({ placeholder: 'n' }),
});
export type QueryInput = z.infer<typeof input>;

const data = z.object({
  /** That were looked at, within the time. */
  records: z.int(),
  matched: z.int(),
  first: z.iso.datetime().nullable(),
  last: z.iso.datetime().nullable(),
  /** The newest ones, oldest first. Untrusted text. */
  shown: z.array(
    z.object({
      at: z.iso.datetime().nullable(),
      level: z.enum(LOG_LEVELS),
      log: z.string(),
      text: z.string(),
    }),
  ),
  /** With --by: most frequent first. `distinct` and `others` count values and records that `values` does not hold; `without` has none of the name. */
  by: z
    .object({
      name: z.string(),
      values: z.array(z.object({ value: z.string(), count: z.int() })),
      distinct: z.int(),
      others: z.int(),
      without: z.int(),
    })
    .nullable(),
  reading: readingDataSchema,
});
export type QueryData = z.infer<typeof data>;

export const query = defineCommand<typeof input, typeof data, ErrorOptions>({
  summary: 'Records that a filter matches: how many, when, the newest ones, and by which values',
  input,
  data,
  effect: 'read',
  examples: [
    {
      line: `rearguard errors query 'level>=error host=web-1 "connection refused" not user=bot'`,
      does: 'in all logs of the config',
    },
    {
      line: `rearguard errors query 'status>=500' access.log --by endpoint`,
      does: 'which endpoints of a file fail most',
    },
    {
      line: `rearguard errors query 'time>=2026-03-01T10:00 time<2026-03-01T10:05' app.log --limit 100`,
      does: 'what was written in five minutes',
    },
  ],
  worksAlone: ({ files }) => files.length > 0,
  async run(ctx, asked) {
    const { runQuery } = await import('./query-run.ts');
    return runQuery(ctx, asked);
  },
});
