import { z } from 'zod';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { defineCommand } from '../../define.ts';
import type { TrackerOptions } from '../options.ts';
import { targetInput } from './inputs.ts';
import { nightDataSchema } from './overnight-schema.ts';

const input = z.strictObject({
  target: targetInput,
  since: optionalDurationSchema('How far back; default: since 18:00 of yesterday, where this program runs'),
  now: z
    .boolean()
    .default(false)
    .describe('Watch ten seconds more and judge by them whether a regression lasts'),
  rule: z.string().optional().describe('Only this rule: `plan-regression`'),
  subject: z.string().optional().describe('Only findings about this, by its full name'),
});

export type OvernightInput = z.infer<typeof input>;

const data = z.object({ databases: z.array(nightDataSchema) });

export const overnightSummary = defineCommand<typeof input, typeof data, TrackerOptions>({
  summary: 'What changed since last evening: regressions with their cause, plans, load, growth, failures',
  input,
  data,
  effect: 'read',
  examples: [
    { line: 'rearguard database-performance-tracker overnight-summary', does: 'since 18:00 of yesterday' },
    { line: 'rearguard db overnight-summary --since 3h', does: 'the last three hours' },
  ],
  async run(ctx, asked) {
    const { runOvernight } = await import('./overnight-run.ts');
    return runOvernight(ctx, asked);
  },
});
