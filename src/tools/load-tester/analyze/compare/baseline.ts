import { z } from 'zod';
import { EMPTY_SPARSE } from '../../../../core/load/latency-histogram.ts';
import type { EndpointMeasure } from '../../../../core/load/measure.ts';
import { mergeEndpoints } from '../../../../core/load/merge-ticks.ts';
import type { HostFingerprint, LoadRecord, PlanSummary } from '../../record.ts';
import { spanMs, sumOf } from '../merge.ts';
import type { BlockSide } from './blocks.ts';

export const BASELINE_FORMAT = 'rearguard-load-baseline';

const histogramSchema = z.object({
  buckets: z.array(z.int().min(0)),
  counts: z.array(z.int().min(0)),
  sumUnits: z.number(),
  minUnits: z.number().nullable(),
  maxUnits: z.number().nullable(),
});

const blockSchema = z.object({
  durationMs: z.number().positive(),
  endpoints: z.array(
    z.object({
      name: z.string(),
      sent: z.int(),
      succeeded: z.int(),
      failed: z.record(z.string(), z.int()),
      cancelled: z.int(),
      response: histogramSchema,
      censored: histogramSchema,
    }),
  ),
});

/** What the plan is made of again, so that the command needs no flag twice. Methods that change something are asked for each time. */
const requestSchema = z.object({
  target: z.string().optional(),
  baseUrl: z.string().optional(),
  scenario: z.string().optional(),
  httpVersion: z.enum(['1.1', '2']).optional(),
  seed: z.int().optional(),
  load: z
    .object({
      users: z.number().optional(),
      ratePerSecond: z.number().optional(),
      stages: z.array(z.object({ from: z.number(), to: z.number(), durationMs: z.number() })).optional(),
      durationMs: z.number().optional(),
      iterations: z.number().optional(),
      spacing: z.enum(['even', 'poisson']).optional(),
      replay: z.boolean().optional(),
      speed: z.number().positive().optional(),
    })
    .optional(),
});
export type BaselineRequest = z.infer<typeof requestSchema>;

export const loadBaselineSchema = z.object({
  format: z.literal(BASELINE_FORMAT),
  version: z.literal(1),
  savedAtMs: z.number(),
  plan: z.object({
    name: z.string(),
    hash: z.string(),
    seed: z.number(),
    model: z.string(),
    open: z.boolean(),
    origins: z.array(z.string()),
    targetRequestRate: z.number().nullable(),
    durationMs: z.number(),
  }),
  request: requestSchema,
  host: z.object({ platform: z.string(), cores: z.number(), node: z.string() }),
  unfit: z.string().nullable(),
  blocks: z.array(blockSchema),
});

/** A run that later ones are compared with: blocks of its steady part, and what makes its plan again. */
export interface LoadBaseline {
  savedAtMs: number;
  plan: PlanSummary;
  request: BaselineRequest;
  host: HostFingerprint;
  /** Why the generator itself was the limit in it; null when it was fit. Nothing is concluded from one that was not. */
  unfit: string | null;
  blocks: readonly BlockSide[];
}

/** While connections open and caches fill, nothing is typical. */
const WARM_UP_MS = 2_000;
const BLOCK_MS = 2_000;
/** Longer runs have longer blocks, not more: twice as many would only make the file larger. */
const MOST_BLOCKS = 30;

export function baselineOf(record: LoadRecord, request: BaselineRequest, unfit: string | null): LoadBaseline {
  return {
    savedAtMs: record.endedAtMs,
    plan: record.plan,
    request,
    host: record.host,
    unfit,
    blocks: blocksOfRecord(record),
  };
}

/** The run after its warm-up, cut into at most 30 equal blocks of at least two seconds; what is left at the end belongs to none. */
export function blocksOfRecord({ slices }: Pick<LoadRecord, 'slices'>): BlockSide[] {
  const steady = slices.filter(({ fromMs }) => fromMs >= WARM_UP_MS - 1);
  const wholeMs = sumOf(steady, spanMs);
  const blockMs = Math.max(BLOCK_MS, wholeMs / MOST_BLOCKS);
  const blocks: BlockSide[] = [];
  let block: typeof steady = [];
  for (const slice of steady) {
    block.push(slice);
    const durationMs = sumOf(block, spanMs);
    // Slices are never quite a second.
    if (durationMs < blockMs * 0.95) continue;
    blocks.push({ durationMs, endpoints: mergeEndpoints(block.map(({ endpoints }) => endpoints)).map(slim) });
    block = [];
  }
  return blocks;
}

/** What comparisons look at; the rest of a measure would make a file of megabytes. */
export function slim(measure: EndpointMeasure): EndpointMeasure {
  const nothing = EMPTY_SPARSE;
  return {
    ...measure,
    statuses: {},
    service: nothing,
    lag: nothing,
    firstByte: nothing,
    serverTiming: nothing,
  };
}

export function baselineText(baseline: LoadBaseline): string {
  const document: z.input<typeof loadBaselineSchema> = {
    format: BASELINE_FORMAT,
    version: 1,
    savedAtMs: baseline.savedAtMs,
    plan: { ...baseline.plan, origins: [...baseline.plan.origins] },
    request: baseline.request,
    host: baseline.host,
    unfit: baseline.unfit,
    blocks: baseline.blocks.map(({ durationMs, endpoints }) => ({
      durationMs,
      endpoints: endpoints.map(({ name, sent, succeeded, failed, cancelled, response, censored }) => ({
        name,
        sent,
        succeeded,
        failed: { ...failed },
        cancelled,
        response: { ...response, buckets: [...response.buckets], counts: [...response.counts] },
        censored: { ...censored, buckets: [...censored.buckets], counts: [...censored.counts] },
      })),
    })),
  };
  return `${JSON.stringify(document)}\n`;
}

/** What is wrong with a document that is no baseline, or the baseline. */
export function readBaseline(document: unknown): LoadBaseline | { problem: string } {
  const parsed = loadBaselineSchema.safeParse(document);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    return { problem: `${first?.path.join('.') || 'the document'}: ${first?.message ?? 'is wrong'}` };
  }
  const { blocks, ...rest } = parsed.data;
  return {
    ...rest,
    blocks: blocks.map(({ durationMs, endpoints }) => ({
      durationMs,
      endpoints: endpoints.map((measure) => ({
        ...measure,
        statuses: {},
        bytesIn: 0,
        bytesOut: 0,
        service: EMPTY_SPARSE,
        lag: EMPTY_SPARSE,
        firstByte: EMPTY_SPARSE,
        serverTiming: EMPTY_SPARSE,
      })),
    })),
  };
}
