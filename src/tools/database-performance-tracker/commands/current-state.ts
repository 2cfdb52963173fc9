import { z } from 'zod';
import { mergeAssessments } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import { durationSchema } from '../../../core/schemas.ts';
import { withDatabases } from '../../_shared/database/with-databases.ts';
import { defineCommand } from '../../define.ts';
import { assessExhausted } from '../analyze/connections.ts';
import { trackerCoverage } from '../analyze/coverage.ts';
import { look } from '../collect/look.ts';
import { insightsOf } from '../insights.ts';
import type { TrackerOptions } from '../options.ts';
import { currentStateData, currentStateSchema, currentStateSections } from './current-state-view.ts';
import { targetInput } from './inputs.ts';

const input = z.strictObject({
  target: targetInput,
  look: durationSchema('How long sessions and statements are watched for what they do now', '2s'),
});

const data = z.object({ databases: z.array(currentStateSchema) });

const SAMPLE_EVERY_MS = 100;

export const currentState = defineCommand<typeof input, typeof data, TrackerOptions>({
  summary: 'One screen of what databases do now: connections, locks, waits, statements, replication',
  input,
  data,
  effect: 'read',
  examples: [
    { line: 'rearguard database-performance-tracker current-state', does: 'every database of the config' },
    {
      line: 'rearguard db current-state --target shop-db --look 10s',
      does: 'one of them, watched for longer',
    },
  ],
  async run(ctx, { target, look: forMs }) {
    const { options } = ctx;
    const timing = { forMs, everyMs: SAMPLE_EVERY_MS };
    const { results, notChecked, diagnostics, exhausted } = await withDatabases(
      ctx,
      target,
      { statementTimeoutMs: options.statementTimeout },
      (database) => look(ctx, database, timing),
    );
    const assessment = mergeAssessments([
      ...results.map((seen) => seen.assess()),
      ...exhausted.map(assessExhausted),
    ]);
    const { findings } = assessment;
    const coverage = trackerCoverage(assessment);
    const sees = results.some(({ facts }) => facts.activity.known);
    return {
      // Without the sessions a look is none, whatever else could be read.
      ...(sees || findings.length > 0 ? {} : { status: 'unknown' as const }),
      summary: `${counted(results.length, 'database')} looked at; ${findings.length === 0 ? 'nothing to report' : counted(findings.length, 'finding')}.`,
      findings,
      coverage: { ...coverage, notChecked: [...notChecked, ...coverage.notChecked] },
      insights: insightsOf(findings),
      sections: results.flatMap(currentStateSections),
      data: { databases: results.map(currentStateData) },
      diagnostics: [...diagnostics, ...results.flatMap(({ advice }) => advice)],
      next: ['rearguard db incident-mode', 'rearguard db analyze'],
    };
  },
});
