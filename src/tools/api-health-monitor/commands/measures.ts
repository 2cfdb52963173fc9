import { z } from 'zod';
import type { Block, Cell } from '../../../core/block.ts';
import type { MetricValue } from '../../../core/metric.ts';
import { isDown } from '../analyze/availability.ts';
import type { EndpointMeasure } from '../analyze/measure.ts';
import { LATENCY_COLUMNS, latencyCells } from './latency-columns.ts';

/** How a round is published: in `data`, as a table and as metrics. */
export const measureDataSchema = z.object({
  endpoint: z.string(),
  target: z.string(),
  state: z.enum(['up', 'failing', 'down', 'unknown']),
  probes: z.int(),
  failed: z.int(),
  suspect: z.int(),
  causes: z.array(z.object({ cause: z.string(), count: z.int() })),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p95IntervalMs: z.tuple([z.number(), z.number()]).nullable(),
  p99Ms: z.number().nullable(),
  objectiveP95Ms: z.number(),
});
export type MeasureData = z.infer<typeof measureDataSchema>;

export function toMeasureData(measure: EndpointMeasure): MeasureData {
  const { endpoint, p95Interval } = measure;
  return {
    endpoint: endpoint.name,
    target: endpoint.target.name,
    state: stateOf(measure),
    probes: measure.results.length,
    failed: measure.failed,
    suspect: measure.suspect,
    causes: [...measure.causes],
    p50Ms: measure.p50Ms,
    p95Ms: measure.p95Ms,
    p95IntervalMs: p95Interval === null ? null : [p95Interval.low, p95Interval.high],
    p99Ms: measure.p99Ms,
    objectiveP95Ms: endpoint.objective.p95Ms,
  };
}

function stateOf(measure: EndpointMeasure): MeasureData['state'] {
  if (measure.results.length === 0) return 'unknown';
  if (isDown(measure)) return 'down';
  return measure.failed > 0 ? 'failing' : 'up';
}

const STATE_TONE = { up: 'good', failing: 'warn', down: 'bad', unknown: 'muted' } as const;

export function measuresTable(measures: readonly EndpointMeasure[], title: string): Block {
  return {
    kind: 'table',
    title,
    columns: [
      { header: 'endpoint' },
      { header: 'state' },
      ...LATENCY_COLUMNS,
      { header: 'failed', align: 'right' },
      { header: 'probes', align: 'right' },
    ],
    rows: measures.map((measure): Cell[] => {
      const { state } = toMeasureData(measure);
      return [
        measure.endpoint.name,
        { text: state, tone: STATE_TONE[state] },
        ...latencyCells(measure, measure.endpoint.objective.p95Ms),
        measure.failed === 0 ? 0 : { text: String(measure.failed), tone: 'bad' },
        measure.results.length,
      ];
    }),
  };
}

export function measureMetrics(measures: readonly EndpointMeasure[]): MetricValue[] {
  return measures.flatMap((measure) => {
    const attributes = { target: measure.endpoint.target.name, endpoint: measure.endpoint.name };
    const gauge = (
      name: string,
      unit: string,
      value: number | null,
      extra: Record<string, string> = {},
    ): MetricValue[] =>
      value === null ? [] : [{ name, kind: 'gauge', unit, attributes: { ...attributes, ...extra }, value }];
    return [
      ...gauge('probe.success', '1', measure.results.length === 0 ? null : isDown(measure) ? 0 : 1),
      ...gauge(
        'probe.failed.ratio',
        '1',
        measure.results.length === 0 ? null : measure.failed / measure.results.length,
      ),
      ...gauge('probe.duration', 'ms', measure.p50Ms, { quantile: '0.5' }),
      ...gauge('probe.duration', 'ms', measure.p95Ms, { quantile: '0.95' }),
      ...gauge('probe.duration', 'ms', measure.p99Ms, { quantile: '0.99' }),
    ];
  });
}
