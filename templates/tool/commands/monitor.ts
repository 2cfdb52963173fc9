import { type Block, type CommandContext, defineCommand, type ReportDraft, z } from 'rearguard';
import { assess, percentile } from '../analyze.ts';
import { type Measured, measure } from '../collect/monitor.ts';
import type { Options } from '../options.ts';

const input = z.object({
  target: z.string().optional().describe('Only this target'),
  path: z.string().optional().describe('Only this path'),
});

const data = z.object({
  paths: z.array(
    z.object({
      name: z.string(),
      answered: z.number(),
      failed: z.number(),
      p50Ms: z.number().nullable(),
      p95Ms: z.number().nullable(),
    }),
  ),
});
type Row = z.infer<typeof data>['paths'][number];

/** Collects, checks against the objective, reports what is wrong. */
export const monitorCommand = defineCommand({
  summary: 'Measure every path now, and report those above the objective',
  effect: 'traffic',
  input,
  data,
  examples: [
    { line: 'rearguard tool-name monitor', does: 'every path of the config' },
    { line: 'rearguard tool-name monitor --path /', does: 'one of them' },
  ],
  run: monitor,
});

async function monitor(ctx: CommandContext<Options>, wanted: z.infer<typeof input>): Promise<ReportDraft> {
  const measured = await measure(ctx, wanted);
  const { findings, coverage } = assess(measured, ctx.options);
  const paths = measured.map(rowOf);
  return {
    summary:
      coverage.checked.length === 0
        ? 'No path could be measured.'
        : `${findings.length} of ${coverage.checked.length} paths above ${ctx.options.maxP95Ms} ms.`,
    findings,
    coverage,
    sections: paths.length === 0 ? [] : [tableOf(paths)],
    data: { paths },
    next: ['rearguard tool-name analyze'],
  };
}

function rowOf({ name, latenciesMs, failures }: Measured): Row {
  return {
    name,
    answered: latenciesMs.length,
    failed: failures.length,
    p50Ms: percentile(latenciesMs, 0.5),
    p95Ms: percentile(latenciesMs, 0.95),
  };
}

function tableOf(paths: readonly Row[]): Block {
  return {
    kind: 'table',
    columns: [
      { header: 'path' },
      { header: 'answered', align: 'right' },
      { header: 'failed', align: 'right' },
      { header: 'p50', align: 'right', unit: 'ms' },
      { header: 'p95', align: 'right', unit: 'ms' },
    ],
    rows: paths.map(({ name, answered, failed, p50Ms, p95Ms }) => [
      name,
      answered,
      failed,
      rounded(p50Ms),
      rounded(p95Ms),
    ]),
  };
}

/** null stays null: not measured is not 0. */
function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 10) / 10;
}
