import { z } from 'zod';
import { counted } from '../../../core/counted.ts';
import type { Block } from '../../../core/block.ts';
import type { Coverage } from '../../../core/coverage.ts';
import { samplesNeededForQuantile } from '../../../core/statistics/quantile.ts';
import { endpointSubject, ms } from '../analyze/assessment.ts';
import { type EndpointMeasure, measureEndpoint } from '../analyze/measure.ts';
import { saveBaseline } from '../collect/baselines.ts';
import { collectEndpoints } from '../collect/endpoints.ts';
import { probeRound } from '../collect/round.ts';
import { defineCommand } from '../../define.ts';
import type { HealthOptions } from '../options.ts';
import { endpointSelectionInput, samplesInput } from './inputs.ts';
import { measureDataSchema, measureMetrics, measuresTable, toMeasureData } from './measures.ts';

/** Enough to claim a p95 twice over, and to have a tail to compare with. */
const DEFAULT_SAMPLES = 120;

const input = z.strictObject({
  ...endpointSelectionInput,
  samples: samplesInput
    .default(DEFAULT_SAMPLES)
    .describe('Probes of each endpoint; 59 claim a p95, 299 a p99'),
  save: z.string().min(1).optional().describe('Name to save it under; default: the `baseline` setting'),
});

const data = z.object({ name: z.string(), savedAt: z.iso.datetime(), endpoints: z.array(measureDataSchema) });

export const baseline = defineCommand<typeof input, typeof data, HealthOptions>({
  summary: 'Measure every endpoint and keep the result, to compare with later',
  input,
  data,
  effect: 'traffic',
  examples: [
    { line: 'rearguard api-health-monitor baseline', does: 'measures and saves the default baseline' },
    {
      line: 'rearguard health baseline --save before-v2 --samples 300',
      does: 'enough samples to claim a p99',
    },
  ],
  async run(ctx, { save, samples, ...selection }) {
    const { endpoints, notChecked } = await collectEndpoints(ctx, selection);
    const results = await probeRound(ctx, endpoints, { samples });
    const measures = endpoints.map((endpoint) => measureEndpoint(endpoint, results.get(endpoint.name) ?? []));
    const usable = measures.filter((measure) => measure.latencies.length > 0);
    const name = save ?? ctx.options.baseline;
    const nowMs = ctx.clock.wallMs();
    if (usable.length > 0) saveBaseline(ctx.store, name, usable, nowMs);
    const least = Math.min(...usable.map((measure) => measure.latencies.length));
    return {
      ...(usable.length === 0 ? { status: 'unknown' as const } : {}),
      summary:
        usable.length === 0
          ? 'No endpoint answered, so no baseline was saved.'
          : `Baseline "${name}" saved: ${counted(usable.length, 'endpoint')}, ${counted(least, 'sample')} or more of each${claim(least)}.`,
      findings: [],
      // No rule comes to a verdict here, so no earlier finding is called resolved by a baseline.
      coverage: {
        checked: usable.map(({ endpoint }) => ({ subject: endpointSubject(endpoint), rules: [] })),
        notChecked: [...notChecked, ...measures.filter((measure) => !usable.includes(measure)).map(unusable)],
      },
      sections: [measuresTable(measures, 'Baseline, cold connections'), intervals(usable)],
      metrics: measureMetrics(measures),
      data: { name, savedAt: new Date(nowMs).toISOString(), endpoints: measures.map(toMeasureData) },
      next: [`rearguard api-health-monitor post-deploy-check --baseline ${name}`],
    };
  },
});

function unusable({ endpoint, failed }: EndpointMeasure): Coverage['notChecked'][number] {
  return {
    subject: endpointSubject(endpoint),
    reason: `all ${failed} probes failed, so there is nothing to compare with later`,
  };
}

function claim(samples: number): string {
  if (samples >= samplesNeededForQuantile(0.99, 0.95)) return ', enough to claim a p99';
  return samples >= samplesNeededForQuantile(0.95, 0.95)
    ? ', enough to claim a p95'
    : ', not enough samples to claim a p95';
}

function intervals(measures: readonly EndpointMeasure[]): Block {
  return {
    kind: 'table',
    title: '95 % confidence intervals of p95',
    columns: [
      { header: 'endpoint' },
      { header: 'from', align: 'right', unit: 'ms' },
      { header: 'to', align: 'right', unit: 'ms' },
    ],
    rows: measures.map(({ endpoint, p95Interval }) => [
      endpoint.name,
      p95Interval === null ? null : ms(p95Interval.low),
      p95Interval === null ? null : ms(p95Interval.high),
    ]),
  };
}
