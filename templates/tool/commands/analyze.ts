import { type CommandContext, defineCommand, type ReportDraft, z } from 'rearguard';
import { readHistories } from '../collect/history.ts';
import type { Options } from '../options.ts';

const input = z.object({ days: z.number().positive().max(400).default(2).describe('How far back') });

const historySchema = z.object({
  name: z.string(),
  answered: z.number(),
  failed: z.number(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  trend: z.number().nullable(),
});

/** History, patterns, trends: what was kept by earlier measurements; makes no request. */
export const analyzeCommand = defineCommand({
  summary: 'How the paths went over the last days: percentiles, failures, trend',
  effect: 'read',
  input,
  data: z.object({ paths: z.array(historySchema) }),
  examples: [{ line: 'rearguard tool-name analyze --days 1', does: 'the last day' }],
  run: analyze,
});

function analyze(ctx: CommandContext<Options>, { days }: z.infer<typeof input>): Promise<ReportDraft> {
  const paths = readHistories(ctx, days);
  const seen = paths.filter(({ answered, failed }) => answered + failed > 0);
  const subjects = seen.map(({ name }) => ({ subject: { kind: 'endpoint' as const, name }, rules: [] }));
  return Promise.resolve({
    summary: seen.length === 0 ? 'No measurement is remembered.' : `${seen.length} paths over ${days} days.`,
    findings: [],
    coverage: {
      checked: subjects,
      notChecked:
        seen.length === 0
          ? [
              {
                reason: 'nothing was measured in this time',
                hint: 'Run `rearguard tool-name monitor` first.',
              },
            ]
          : [],
    },
    sections:
      seen.length === 0
        ? []
        : [
            {
              kind: 'table',
              columns: ['path', 'answered', 'failed', 'p50 ms', 'p95 ms', 'trend %'].map((header) => ({
                header,
              })),
              rows: seen.map(({ name, answered, failed, p50Ms, p95Ms, trend }) => [
                name,
                answered,
                failed,
                p50Ms === null ? null : Math.round(p50Ms),
                p95Ms === null ? null : Math.round(p95Ms),
                trend === null ? null : Math.round(trend * 100),
              ]),
            },
          ],
    data: { paths },
    next: ['rearguard tool-name insights'],
  });
}
