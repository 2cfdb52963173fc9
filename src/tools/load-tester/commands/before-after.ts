import { z } from 'zod';
import { RearguardError } from '../../../core/errors.ts';
import { optionalDurationSchema } from '../../../core/schemas.ts';
import { defineCommand } from '../../define.ts';
import type { LoadOptions } from '../options.ts';
import { compareWithBaseline, measureBaseline } from './before-after-baseline.ts';
import { comparePair } from './before-after-pair.ts';
import { beforeAfterDataSchema } from './before-after-view.ts';
import { planInputs } from './plan-inputs.ts';

const input = z.strictObject({
  before: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Base URL of the version that is known to be well'),
  after: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Base URL of the version to judge; with --baseline: default the target of the config'),
  baseline: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Compare with this saved run, a .json file or a name in the store; measured and saved if it is not there yet',
    ),
  save: z
    .string()
    .min(1)
    .optional()
    .describe('Keep what is measured here, to compare with later: a .json file or a name in the store'),
  ...planInputs,
  rate: z.coerce
    .number()
    .positive()
    .optional()
    .describe(
      'Sessions a second; default: half of what four users get, at most 500, or that of the baseline',
    ),
  pairs: z.coerce
    .number()
    .int()
    .min(6)
    .max(500)
    .optional()
    .describe('Pairs of blocks to compare over; default: the compare.pairs setting, more for many endpoints'),
  block: optionalDurationSchema('How long one block lasts; default: the compare.block setting'),
  duration: optionalDurationSchema(
    'With --baseline or --save: how long the run is; default 30s, or as the baseline',
  ),
  margin: z.coerce
    .number()
    .gt(0)
    .max(100)
    .optional()
    .describe('Percentage that counts as the same; default: the compare.margin setting'),
  endpoints: z
    .array(z.string())
    .optional()
    .describe('Judge these only (`GET /api/products`); the load stays whole'),
});
export type BeforeAfterInput = z.infer<typeof input>;

export const beforeAfter = defineCommand<typeof input, typeof beforeAfterDataSchema, LoadOptions>({
  summary:
    'Whether a version is slower or fails more under the same load: two live ones in turn, or a baseline',
  input,
  data: beforeAfterDataSchema,
  effect: 'traffic',
  examples: [
    {
      line: 'rearguard load-tester before-after --baseline=baseline.json',
      does: 'measure and save the first time, compare with it from then on',
    },
    {
      line: 'rearguard load before-after --before http://localhost:3000 --after http://localhost:3001',
      does: 'two live versions in turn: the verdict that holds',
    },
    {
      line: 'rearguard load before-after --before http://localhost:3000 --after http://localhost:3001 --pairs 30 --margin 3',
      does: 'longer, to see smaller changes',
    },
    { line: 'rearguard load before-after --save before-v2', does: 'only keep a run under a name' },
  ],
  async run(ctx, asked) {
    const { before, after, baseline, save } = asked;
    if (before !== undefined) {
      if (after === undefined) throw usage('--before needs --after: the URL of the version to judge.');
      if (baseline !== undefined || save !== undefined) {
        throw usage('--before and --after compare two live versions; --baseline and --save are for one.');
      }
      return comparePair(ctx, { ...asked, before, after });
    }
    if (baseline !== undefined) return compareWithBaseline(ctx, { ...asked, baseline });
    if (save !== undefined) return measureBaseline(ctx, asked, save);
    throw usage('There is nothing to compare.');
  },
});

function usage(message: string): RearguardError {
  return new RearguardError('E_USAGE', {
    message,
    hint: 'Two live versions: --before URL --after URL. One now and later: --baseline=baseline.json, which is written the first time.',
  });
}
