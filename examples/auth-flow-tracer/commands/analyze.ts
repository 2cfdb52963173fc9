import { type Block, type CommandContext, defineCommand, type ReportDraft, z } from 'rearguard';
import { quantile } from '../analyze/timings.ts';
import type { Options } from '../options.ts';
import { chooseFlows } from './flows.ts';

const DAY_MS = 86_400_000;

const input = z.object({
  flow: z.string().optional().describe('Only this flow'),
  days: z.number().positive().max(400).default(2).describe('How far back'),
});

const data = z.object({
  steps: z.array(
    z.object({
      flow: z.string(),
      step: z.string(),
      runs: z.number(),
      failed: z.number(),
      p50Ms: z.number().nullable(),
      p95Ms: z.number().nullable(),
      causes: z.record(z.string(), z.number()),
    }),
  ),
});
type StepHistory = z.infer<typeof data>['steps'][number];

export const analyze = defineCommand({
  summary: 'How the steps of login flows went over the last days: percentiles, failures and their conditions',
  effect: 'read',
  input,
  data,
  examples: [
    {
      line: 'rearguard auth-flow-tracer analyze --days 7',
      does: 'a week; single samples are kept for two days by default',
    },
  ],
  run: look,
});

function look(ctx: CommandContext<Options>, wanted: z.infer<typeof input>): Promise<ReportDraft> {
  const nowMs = ctx.clock.wallMs();
  const range = { fromMs: nowMs - wanted.days * DAY_MS, toMs: nowMs + 1 };
  const { chosen, missing } = chooseFlows(ctx, wanted.flow);
  const histories = chosen.flatMap(({ name, flow }) =>
    flow.steps.map((step) => ({
      flow: name,
      step: step.name,
      samples: samplesOf(ctx, name, step.name, range),
    })),
  );
  const steps = histories.map(({ flow, step, samples }): StepHistory => {
    const values = samples.flatMap(({ value }) => value ?? []);
    const causes: Record<string, number> = {};
    for (const { outcome, cause = 'unknown' } of samples) {
      if (outcome === 'failed') causes[cause] = (causes[cause] ?? 0) + 1;
    }
    return {
      flow,
      step,
      runs: samples.length,
      failed: samples.filter(({ outcome }) => outcome === 'failed').length,
      p50Ms: quantile(values, 0.5),
      p95Ms: quantile(values, 0.95),
      causes,
    };
  });
  const seen = steps.filter(({ runs }) => runs > 0);
  return Promise.resolve({
    ...(seen.length === 0 ? { status: 'unknown' as const } : {}),
    summary:
      seen.length === 0
        ? 'No run of a flow is remembered.'
        : `${seen.length} steps over ${wanted.days} days, ${seen.reduce((sum, { failed }) => sum + failed, 0)} failures.`,
    findings: [],
    coverage: {
      checked: seen.map(({ flow, step }) => ({
        subject: { kind: 'operation', name: `${flow}: ${step}` },
        rules: [],
      })),
      notChecked: [
        ...missing.map(({ name, reason }) => ({ reason: `flow ${name}: ${reason}` })),
        ...steps
          .filter(({ runs }) => runs === 0)
          .map(({ flow, step }) => ({ reason: `${flow}: ${step} was not followed in this time` })),
      ],
    },
    sections: seen.length === 0 ? [] : [tableOf(seen), ...histories.flatMap(seriesOf)],
    data: { steps },
    next: ['rearguard auth-flow-tracer trace'],
  });
}

type Samples = ReturnType<CommandContext['store']['samples']['raw']>;

function samplesOf(
  ctx: CommandContext<Options>,
  flow: string,
  step: string,
  range: { fromMs: number; toMs: number },
): Samples {
  return ctx.store.samples.raw(
    { metric: 'auth.step.duration', unit: 'ms', attributes: { flow, step } },
    range,
  );
}

function tableOf(steps: readonly StepHistory[]): Block {
  return {
    kind: 'table',
    columns: [
      { header: 'flow' },
      { header: 'step' },
      { header: 'runs', align: 'right' },
      { header: 'failed', align: 'right' },
      { header: 'p50', align: 'right', unit: 'ms' },
      { header: 'p95', align: 'right', unit: 'ms' },
      { header: 'conditions' },
    ],
    rows: steps.map(({ flow, step, runs, failed, p50Ms, p95Ms, causes }) => [
      flow,
      step,
      runs,
      failed > 0 ? { text: String(failed), tone: 'bad' } : 0,
      p50Ms === null ? null : Math.round(p50Ms),
      p95Ms === null ? null : Math.round(p95Ms),
      Object.entries(causes)
        .map(([cause, count]) => `${cause} ${count}`)
        .join(', '),
    ]),
  };
}

function seriesOf({ flow, step, samples }: { flow: string; step: string; samples: Samples }): Block[] {
  if (samples.length < 2) return [];
  return [
    {
      kind: 'series',
      title: `${flow}: ${step}`,
      unit: 'ms',
      lines: [{ name: step, points: samples.map(({ atMs, value }) => [atMs, value]) }],
    },
  ];
}
