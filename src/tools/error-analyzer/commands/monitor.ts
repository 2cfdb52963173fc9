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
  interval: optionalDurationSchema('Time between two looks; default: the interval setting'),
  for: optionalDurationSchema('Stop after this long; default: until Ctrl-C'),
  format: formatInput,
});
export type MonitorInput = z.infer<typeof input>;

const data = z.object({
  watchedMs: z.number(),
  changes: z.int(),
  /** Of the time looked at: 24 hours, or all of files that are named. */
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  records: z.int(),
  errors: z.int(),
  incidents: z.array(incidentDataSchema),
  /** Errors of the last hour, the one that rises most first. */
  groups: z.array(movementDataSchema),
  reading: readingDataSchema,
});
export type MonitorData = z.infer<typeof data>;

export const monitor = defineCommand<typeof input, typeof data, ErrorOptions>({
  summary: 'Follow logs and say what changes: errors that are new, back, exploding, growing, stopped or over',
  input,
  data,
  effect: 'read',
  examples: [
    { line: 'rearguard error-analyzer monitor --live', does: 'all logs of the config until Ctrl-C' },
    { line: 'rearguard errors monitor /var/log/app/*.log', does: 'files by themselves, through rotations' },
    {
      line: 'rearguard errors monitor --for 10m --output ndjson',
      does: 'one JSON line per change, for ten minutes',
    },
    { line: 'kubectl logs -f shop-1 | rearguard errors monitor -', does: 'what another program prints' },
  ],
  worksAlone: ({ files }) => files.length > 0,
  async *run(ctx, asked) {
    const { runMonitor } = await import('./monitor-run.ts');
    return yield* runMonitor(ctx, asked);
  },
});
