import { type CommandContext, defineCommand, type ReportDraft, z } from 'rearguard';
import { readHistories } from '../collect/history.ts';
import { insightsOf } from '../insights.ts';
import type { Options } from '../options.ts';

const input = z.object({ days: z.number().positive().max(400).default(2).describe('How far back') });

/** Specific actions with their priority and worth, from what is remembered; makes no request. */
export const insightsCommand = defineCommand({
  summary: 'What to do first, because of what, and what it is worth',
  effect: 'read',
  input,
  data: z.object({ insights: z.number() }),
  examples: [{ line: 'rearguard tool-name insights', does: 'from the measurements of the last two days' }],
  run: advise,
});

function advise(ctx: CommandContext<Options>, { days }: z.infer<typeof input>): Promise<ReportDraft> {
  const histories = readHistories(ctx, days).filter(({ answered, failed }) => answered + failed > 0);
  const insights = insightsOf(histories, ctx.options);
  return Promise.resolve({
    summary:
      histories.length === 0
        ? 'No measurement is remembered.'
        : `${insights.length} actions from ${histories.length} paths.`,
    findings: [],
    coverage: {
      checked: histories.map(({ name }) => ({ subject: { kind: 'endpoint', name }, rules: [] })),
      notChecked:
        histories.length === 0
          ? [
              {
                reason: 'nothing was measured in this time',
                hint: 'Run `rearguard tool-name monitor` first.',
              },
            ]
          : [],
    },
    insights,
    sections: [],
    data: { insights: insights.length },
  });
}
