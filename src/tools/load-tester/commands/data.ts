import { z } from 'zod';
import { STOP_REASONS } from '../../../core/load/measure.ts';
import { ms, percent } from '../../../core/rounding.ts';
import {
  type EndpointFigures,
  type LatencyFigures,
  type Percentile,
  sliceFigures,
} from '../analyze/figures.ts';
import type { Fitness } from '../analyze/fitness.ts';
import { mergeInTime } from '../../../core/load/merge-ticks.ts';
import type { SteadyPart } from '../analyze/steady.ts';
import type { ThresholdVerdict } from '../analyze/thresholds.ts';
import type { LoadRecord } from '../record.ts';

/** How runs are published in `data`. Latencies in milliseconds; null is not measured. */
const percentileSchema = z.object({ ms: z.number(), atLeast: z.boolean() }).nullable();

const latencySchema = z.object({
  count: z.int(),
  /** Dropped or cancelled: longer than all that was measured. */
  givenUp: z.int(),
  mean: z.number().nullable(),
  p50: percentileSchema,
  p90: percentileSchema,
  p95: percentileSchema,
  p99: percentileSchema,
  p999: percentileSchema,
  max: z.number().nullable(),
});

const endpointSchema = z.object({
  endpoint: z.string(),
  sent: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  failures: z.record(z.string(), z.int()),
  givenUp: z.int(),
  ratePerSecond: z.number(),
  goodputPerSecond: z.number(),
  errorPercent: z.number().nullable(),
  bytesIn: z.int(),
  response: latencySchema,
  service: latencySchema,
  lag: latencySchema,
});

export const phaseSchema = z.object({
  name: z.string(),
  model: z.string(),
  planHash: z.string(),
  seed: z.int(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  stopReason: z.enum(STOP_REASONS),
  stopDetail: z.string().nullable(),
  workers: z.int(),
  /** Of the steady part; sessions are those of the whole phase. */
  steadySeconds: z.number(),
  warmUpSeconds: z.number(),
  sessions: z.object({ asked: z.int(), begun: z.int(), dropped: z.int(), ended: z.int() }),
  connectionsOpened: z.int(),
  all: endpointSchema,
  endpoints: z.array(endpointSchema),
});

export const fitnessSchema = z.object({
  isFit: z.boolean(),
  reasons: z.array(z.string()),
  remarks: z.array(z.string()),
  lagP99Ms: z.number().nullable(),
  busyPercent: z.number().nullable(),
});

export const thresholdSchema = z.object({
  threshold: z.string(),
  holds: z.boolean(),
  /** Milliseconds, a share of 1, or a count or rate: by the threshold. null: no samples. */
  value: z.number().nullable(),
  samples: z.int(),
});

export const loadDataSchema = z.object({
  target: z.string(),
  source: z.string(),
  phases: z.array(phaseSchema),
  fitness: fitnessSchema.nullable(),
  thresholds: z.array(thresholdSchema),
});
export type LoadData = z.infer<typeof loadDataSchema>;

export function phaseData(name: string, record: LoadRecord, steady: SteadyPart): LoadData['phases'][number] {
  const judged = steady.slices.length === 0 ? record.total : mergeInTime(steady.slices);
  const { whole, endpoints } = sliceFigures(judged);
  return {
    name,
    model: record.plan.model,
    planHash: record.plan.hash,
    seed: record.plan.seed,
    startedAt: new Date(record.startedAtMs).toISOString(),
    endedAt: new Date(record.endedAtMs).toISOString(),
    stopReason: record.stopReason,
    stopDetail: record.stopDetail,
    workers: record.workers,
    steadySeconds: (judged.toMs - judged.fromMs) / 1_000,
    warmUpSeconds: steady.warmUpSlices,
    sessions: record.total.sessions,
    connectionsOpened: record.total.opened,
    all: endpointData(whole),
    endpoints: endpoints.map(endpointData),
  };
}

export function fitnessData(fitness: Fitness): NonNullable<LoadData['fitness']> {
  return {
    isFit: fitness.isFit,
    reasons: [...fitness.reasons],
    remarks: [...fitness.remarks],
    lagP99Ms: fitness.lagP99Ms,
    busyPercent: fitness.busy === null ? null : percent(fitness.busy),
  };
}

export function thresholdData({
  threshold,
  holds,
  value,
  samples,
}: ThresholdVerdict): LoadData['thresholds'][number] {
  return { threshold: threshold.text, holds, value, samples };
}

function endpointData(figures: EndpointFigures): z.infer<typeof endpointSchema> {
  return {
    endpoint: figures.name,
    sent: figures.sent,
    succeeded: figures.succeeded,
    failed: figures.failed,
    failures: Object.fromEntries(Object.entries(figures.failures).map(([kind, count]) => [kind, count ?? 0])),
    givenUp: figures.givenUp,
    ratePerSecond: ms(figures.rate),
    goodputPerSecond: ms(figures.goodput),
    errorPercent: figures.errorShare === null ? null : percent(figures.errorShare),
    bytesIn: figures.bytesIn,
    response: latencyData(figures.response),
    service: latencyData(figures.service),
    lag: latencyData(figures.lag),
  };
}

function latencyData(figures: LatencyFigures): z.infer<typeof latencySchema> {
  const { count, censored, mean, max, p50, p90, p95, p99, p999 } = figures;
  return {
    count,
    givenUp: censored,
    mean: mean === null ? null : ms(mean),
    p50: rounded(p50),
    p90: rounded(p90),
    p95: rounded(p95),
    p99: rounded(p99),
    p999: rounded(p999),
    max: max === null ? null : ms(max),
  };
}

function rounded(percentile: Percentile | null): Percentile | null {
  return percentile === null ? null : { ...percentile, ms: ms(percentile.ms) };
}
