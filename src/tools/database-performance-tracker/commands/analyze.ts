import { z } from 'zod';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { defineCommand, type LiveView, type ReportDraft } from '../../define.ts';
import type { TrackerOptions } from '../options.ts';
import { databaseDataSchema } from './analyze-schema.ts';
import { targetInput } from './inputs.ts';

const input = z.strictObject({
  target: targetInput,
  duration: optionalDurationSchema(
    'Length of the window: from history where that reaches back so far, else watched from now on; default: 10 s, watched',
  ),
  now: z.boolean().default(false).describe('Watch from now on, whatever history has'),
  deep: z
    .boolean()
    .default(false)
    .describe(
      'Also the generic plans of the top statements (EXPLAIN, nothing is run), plans that auto_explain logged, and bloat of up to ten tables counted by pgstattuple where that is installed; indexes are not counted',
    ),
  rule: z.string().optional().describe('Only this rule: `bloat`'),
  subject: z.string().optional().describe('Only findings about this, by its full name'),
  limit: z.coerce.number().int().min(1).max(500).default(12).describe('Rows of each table that are shown'),
});

export type AnalyzeInput = z.infer<typeof input>;

const data = z.object({ databases: z.array(databaseDataSchema) });

export const analyze = defineCommand<typeof input, typeof data, TrackerOptions>({
  summary:
    'What databases did in a window, and how they stand: statements, tables, indexes, vacuum, settings',
  input,
  data,
  effect: 'read',
  examples: [
    { line: 'rearguard database-performance-tracker analyze', does: 'watch every database for ten seconds' },
    { line: 'rearguard db analyze --duration 1h --target shop-db', does: 'the last hour of one database' },
    { line: 'rearguard db analyze --deep', does: 'with plans, and bloat counted instead of estimated' },
    { line: 'rearguard db analyze --rule unused-index', does: 'one rule, in every database' },
  ],
  // A live command in one respect: told to stop, it ends its window there and keeps what it saw.
  // oxlint-disable-next-line require-yield
  async *run(ctx, asked): AsyncGenerator<LiveView, ReportDraft, void> {
    const { runAnalyze } = await import('./analyze-run.ts');
    return runAnalyze(ctx, asked);
  },
});
