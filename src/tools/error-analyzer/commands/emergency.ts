import { z } from 'zod';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { defineCommand } from '../../define.ts';
import type { ErrorOptions } from '../options.ts';
import { incidentDataSchema } from './group-data.ts';
import { filesInput, formatInput, liveInput } from './inputs.ts';
import { movementDataSchema } from './live-groups.ts';
import { readingDataSchema } from './reading-view.ts';

const input = z.strictObject({
  files: filesInput,
  live: liveInput,
  once: z.boolean().optional().describe('One look, then the report, also on a terminal'),
  interval: optionalDurationSchema('Time between two looks; default: the interval setting'),
  for: optionalDurationSchema(
    'Look again and again for this long; default: until Ctrl-C where a person watches, else one look',
  ),
  format: formatInput,
});
export type EmergencyInput = z.infer<typeof input>;

const data = z.object({
  /** Of the hour looked at. */
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  records: z.int(),
  errors: z.int(),
  errorsPerMinuteNow: z.number(),
  errorsPerMinuteBefore: z.number().nullable(),
  /** What is new or exploding within it, worst first; each with its likely causes. */
  incidents: z.array(incidentDataSchema),
  /** Groups of those, and the errors that rise most. */
  groups: z.array(movementDataSchema),
  reading: readingDataSchema,
});
export type EmergencyData = z.infer<typeof data>;

export const emergency = defineCommand<typeof input, typeof data, ErrorOptions>({
  summary:
    'One screen in an incident: what is new or exploding, since when, who is hit, why, what to run next',
  input,
  data,
  effect: 'read',
  examples: [
    {
      line: 'rearguard error-analyzer emergency --live',
      does: 'a refreshing screen until Ctrl-C; one look where nobody watches',
    },
    { line: 'rearguard errors emergency /var/log/app/*.log', does: 'files by themselves' },
    {
      line: 'rearguard errors emergency --for 10m --output ndjson',
      does: 'changes as JSON lines for ten minutes',
    },
  ],
  worksAlone: ({ files }) => files.length > 0,
  async *run(ctx, asked) {
    const { runEmergency } = await import('./emergency-run.ts');
    return yield* runEmergency(ctx, asked);
  },
});
