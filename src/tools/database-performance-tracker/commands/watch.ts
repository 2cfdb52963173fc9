import { z } from 'zod';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { defineCommand, type LiveView, type ReportDraft } from '../../define.ts';
import type { TrackerOptions } from '../options.ts';
import { targetInput } from './inputs.ts';
import { watchDataSchema } from './watch-schema.ts';

const input = z.strictObject({
  target: targetInput,
  interval: optionalDurationSchema('Time between two looks at a database; default: the interval setting'),
  for: optionalDurationSchema('Stop after this long; default: until Ctrl-C'),
});

export type WatchInput = z.infer<typeof input>;

export const watch = defineCommand<typeof input, typeof watchDataSchema, TrackerOptions>({
  summary: 'Look at databases again and again, keep what they count, and show what changes, live',
  input,
  data: watchDataSchema,
  effect: 'read',
  examples: [
    { line: 'rearguard database-performance-tracker watch', does: 'every database until Ctrl-C' },
    {
      line: 'rearguard db watch --target shop-db --interval 5s --for 10m --output ndjson',
      does: 'one of them, one JSON line per change, for ten minutes',
    },
  ],
  async *run(ctx, asked): AsyncGenerator<LiveView, ReportDraft, void> {
    const { runWatch } = await import('./watch-run.ts');
    return yield* runWatch(ctx, asked);
  },
});
