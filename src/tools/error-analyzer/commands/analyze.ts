import { z } from 'zod';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { defineCommand } from '../../define.ts';
import type { ErrorOptions } from '../options.ts';
import { comparisonDataSchema } from './compare-view.ts';
import { groupDataSchema, incidentDataSchema } from './group-data.ts';
import { filesInput, formatInput, limitInput } from './inputs.ts';
import { readingDataSchema } from './reading-view.ts';

const input = z.strictObject({
  files: filesInput,
  since: optionalDurationSchema(
    'How far to look back; default: 24h, and all of files that are named (there it counts from their newest record)',
  ),
  compare: optionalDurationSchema('Also say what is new, gone or changed beside so long a time before'),
  format: formatInput,
  limit: limitInput,
  group: z.string().optional().describe('Only this group, by its id: whether it is still seen'),
  unseenFor: optionalDurationSchema(
    'With --group: how long it must not have been seen to be gone; default: 15m',
  ),
  rule: z.string().optional().describe('With --group: the rule whose finding is looked at'),
});
export type AnalyzeInput = z.infer<typeof input>;

const data = z.object({
  from: z.iso.datetime().nullable(),
  to: z.iso.datetime().nullable(),
  records: z.int(),
  errors: z.int(),
  /** Groups of errors in all; `groups` holds the first of them. */
  groupCount: z.int(),
  groups: z.array(groupDataSchema),
  incidents: z.array(incidentDataSchema),
  comparison: comparisonDataSchema.nullable(),
  reading: readingDataSchema,
});
export type AnalyzeData = z.infer<typeof data>;

export const analyze = defineCommand<typeof input, typeof data, ErrorOptions>({
  summary: 'Errors of a time in groups: what is new, back, spiking or gone, who is hit, and the likely cause',
  input,
  data,
  effect: 'read',
  examples: [
    { line: 'rearguard error-analyzer analyze --since=24h', does: 'the last day of all logs of the config' },
    { line: 'rearguard errors analyze /var/log/app/*.log*', does: 'files by themselves, rotated ones too' },
    {
      line: 'rearguard errors analyze --since 1h --compare 7d',
      does: 'the last hour beside the week before',
    },
    { line: 'journalctl -o json | rearguard errors analyze -', does: 'what another program prints' },
  ],
  worksAlone: ({ files }) => files.length > 0,
  async run(ctx, asked) {
    const { runAnalyze } = await import('./analyze-run.ts');
    return runAnalyze(ctx, asked);
  },
});
