import { type CommandContext, defineCommand, type ReportDraft, z } from 'rearguard';
import { assessFlow } from '../analyze/assess.ts';
import { timingsOf } from '../analyze/timings.ts';
import { followFlow } from '../collect/follow-flow.ts';
import { insightsOf } from '../insights.ts';
import type { Options } from '../options.ts';
import { CONDITIONS, type FlowTrace } from '../trace.ts';
import { credentialTree, timingTable } from '../view.ts';
import { type ChosenFlow, chooseFlows } from './flows.ts';

const input = z.object({
  flow: z.string().optional().describe('Only this flow'),
  runs: z.number().int().min(1).max(50).optional().describe('How often, instead of what the flow says'),
});

const nullableMs = z.number().nullable();
const data = z.object({
  flows: z.array(
    z.object({
      flow: z.string(),
      steps: z.array(
        z.object({
          step: z.string(),
          runs: z.number(),
          failed: z.number(),
          p50Ms: nullableMs,
          p95Ms: nullableMs,
          phases: z.record(z.string(), nullableMs),
        }),
      ),
      /** Of the newest run. */
      conditions: z.array(z.object({ step: z.string(), condition: z.string() })),
    }),
  ),
});

export const trace = defineCommand({
  summary: 'Follow login flows step by step: phases, cookies and tokens as they change, and what refused',
  effect: 'traffic',
  input,
  data,
  examples: [
    { line: 'rearguard auth-flow-tracer trace', does: 'every flow of the config' },
    {
      line: 'rearguard auth-flow-tracer trace --flow login --runs 20',
      does: 'percentiles over twenty visitors',
    },
  ],
  run: follow,
});

async function follow(ctx: CommandContext<Options>, wanted: z.infer<typeof input>): Promise<ReportDraft> {
  const { chosen, missing } = chooseFlows(ctx, wanted.flow);
  const followed = [];
  for (const one of chosen) {
    const traces = await runFlow(ctx, one, wanted.runs ?? one.flow.runs);
    record(ctx, traces);
    const isEncrypted = one.target.baseUrl.startsWith('https:');
    followed.push({ ...one, traces, assessed: assessFlow(one.name, one.flow, traces, isEncrypted) });
  }
  const findings = followed.flatMap(({ assessed }) => assessed.findings);
  return {
    summary: summarize(
      followed.map(({ traces }) => traces.length),
      findings.length,
    ),
    findings,
    coverage: {
      checked: followed.flatMap(({ assessed }) => assessed.coverage.checked),
      notChecked: [
        ...followed.flatMap(({ assessed }) => assessed.coverage.notChecked),
        ...missing.map(({ name, reason }) => ({
          reason: `flow ${name}: ${reason}`,
          hint: 'See `tools.auth-flow-tracer.flows` in the config.',
        })),
      ],
    },
    insights: insightsOf(findings),
    sections: followed.flatMap(({ name, traces }) => [
      timingTable(name, timingsOf(traces)),
      ...traces.slice(-1).map(credentialTree),
    ]),
    data: {
      flows: followed.map(({ name, traces }) => ({
        flow: name,
        steps: timingsOf(traces).map(({ step, runs: count, failed, p50Ms, p95Ms, phases }) => ({
          step,
          runs: count,
          failed,
          p50Ms,
          p95Ms,
          phases,
        })),
        conditions: (traces.at(-1)?.steps ?? []).flatMap(({ step, condition }) =>
          condition === null ? [] : [{ step, condition: CONDITIONS[condition.name] }],
        ),
      })),
    },
    next: ['rearguard auth-flow-tracer analyze --days 7'],
  };
}

/** `2 flows, 6 runs: 1 finding.` */
function summarize(runsByFlow: readonly number[], findings: number): string {
  if (runsByFlow.length === 0) return 'No flow could be followed.';
  const runs = runsByFlow.reduce((sum, count) => sum + count, 0);
  const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
  const result = findings === 0 ? 'nothing to report' : counted(findings, 'finding');
  return `${counted(runsByFlow.length, 'flow')}, ${counted(runs, 'run')}: ${result}.`;
}

async function runFlow(
  ctx: CommandContext<Options>,
  { name, flow, target }: ChosenFlow,
  runs: number,
): Promise<FlowTrace[]> {
  const traces: FlowTrace[] = [];
  for (let run = 0; run < runs; run += 1) {
    ctx.progress(run, runs, name);
    traces.push(await followFlow(ctx, name, flow, target));
  }
  ctx.progress(runs, runs, name);
  return traces;
}

/** Every step of every run becomes a sample, so that `analyze` has a history. */
function record(ctx: CommandContext<Options>, traces: readonly FlowTrace[]): void {
  ctx.store.samples.append(
    traces.flatMap(({ flow, startedAtMs, steps }) =>
      steps.map(({ step, totalMs, condition }) => ({
        series: { metric: 'auth.step.duration', unit: 'ms', attributes: { flow, step } },
        samples: [
          {
            atMs: startedAtMs,
            outcome: condition === null ? ('ok' as const) : ('failed' as const),
            value: condition === null ? totalMs : null,
            coversMs: 0,
            ...(condition === null ? {} : { cause: condition.name }),
          },
        ],
      })),
    ),
  );
}
