import { z } from 'zod';
import type { Block, Cell, Tone } from '../../../core/block.ts';
import type { MetricValue } from '../../../core/metric.ts';
import { ms } from '../../../core/rounding.ts';
import { isDown, mixOf } from '../analyze/availability.ts';
import type { DependencyMeasure } from '../analyze/measure.ts';
import type { VendorReading } from '../collect/vendor-pages.ts';

/** How a round is published: in `data`, as tables and as metrics. */
export const measureDataSchema = z.object({
  dependency: z.string(),
  kind: z.string(),
  location: z.string(),
  state: z.enum(['up', 'failing', 'down', 'limited', 'unknown']),
  probes: z.int(),
  failed: z.int(),
  suspect: z.int(),
  /** Why first tries failed, confirmed or not. */
  errorMix: z.array(z.object({ cause: z.string(), count: z.int() })),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  objectiveMs: z.number().nullable(),
  /** What it says about itself: version, role, quota headers. Text of the other side. */
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  optional: z.boolean(),
  vendor: z
    .object({ state: z.string(), summary: z.string(), page: z.string(), reason: z.string().nullable() })
    .nullable(),
});
export type MeasureData = z.infer<typeof measureDataSchema>;

export function toMeasureData(measure: DependencyMeasure, vendors: readonly VendorReading[]): MeasureData {
  const { monitored } = measure;
  const reading = vendors.find(({ dependency }) => dependency === monitored.name);
  return {
    dependency: monitored.name,
    kind: monitored.kind,
    location: monitored.location,
    state: stateOf(measure),
    probes: measure.results.length,
    failed: measure.failed,
    suspect: measure.suspect,
    errorMix: [...measure.errorMix],
    p50Ms: measure.p50Ms,
    p95Ms: measure.p95Ms,
    objectiveMs: monitored.latencyMs,
    facts: { ...measure.facts },
    optional: monitored.dependency.optional,
    vendor:
      reading === undefined
        ? null
        : {
            state: reading.state,
            summary: reading.summary,
            page: reading.page,
            reason: reading.reason,
          },
  };
}

function stateOf(measure: DependencyMeasure): MeasureData['state'] {
  if (measure.results.length === 0) return measure.limited > 0 ? 'limited' : 'unknown';
  if (isDown(measure)) return 'down';
  return measure.errorMix.length > 0 ? 'failing' : 'up';
}

const STATE_TONE: Readonly<Record<MeasureData['state'], Tone>> = {
  up: 'good',
  failing: 'warn',
  limited: 'warn',
  down: 'bad',
  unknown: 'muted',
};

export function statusSections(
  measures: readonly DependencyMeasure[],
  vendors: readonly VendorReading[],
): Block[] {
  return [
    {
      kind: 'table',
      title: 'Dependencies now, fresh connections',
      columns: [
        { header: 'dependency' },
        { header: 'kind' },
        { header: 'state' },
        { header: 'p50', align: 'right', unit: 'ms' },
        { header: 'failed', align: 'right' },
        { header: 'probes', align: 'right' },
        { header: 'errors' },
      ],
      rows: measures.map(toRow),
    },
    ...vendorTable(vendors, new Map(measures.map((measure) => [measure.monitored.name, stateOf(measure)]))),
  ];
}

function toRow(measure: DependencyMeasure): Cell[] {
  const state = stateOf(measure);
  const { monitored, p50Ms, failed, results, errorMix } = measure;
  const slow = p50Ms !== null && monitored.latencyMs !== null && p50Ms > monitored.latencyMs;
  return [
    monitored.name,
    monitored.kind,
    { text: state, tone: STATE_TONE[state] },
    p50Ms === null ? null : slow ? { text: String(ms(p50Ms)), tone: 'bad' } : ms(p50Ms),
    failed === 0 ? 0 : { text: String(failed), tone: 'bad' },
    results.length,
    mixOf(errorMix),
  ];
}

const VENDOR_TONE: Readonly<Record<VendorReading['state'], Tone>> = {
  operational: 'good',
  degraded: 'warn',
  maintenance: 'warn',
  outage: 'bad',
  unknown: 'muted',
};

/** Two columns side by side: a page lags, and what we measured decides. */
export function vendorTable(
  vendors: readonly VendorReading[],
  measured: ReadonlyMap<string, string>,
): Block[] {
  if (vendors.length === 0) return [];
  return [
    {
      kind: 'table',
      title: 'What vendors say',
      columns: [
        { header: 'dependency' },
        { header: 'we measured' },
        { header: 'vendor says' },
        { header: 'in their words' },
      ],
      rows: vendors.map(({ dependency, state, summary, reason }): Cell[] => [
        dependency,
        measuredCell(measured.get(dependency)),
        { text: state, tone: VENDOR_TONE[state] },
        reason ?? summary,
      ]),
    },
  ];
}

function measuredCell(state: string | undefined): Cell {
  if (state === undefined || state === 'unknown') return { text: 'unknown', tone: 'muted' };
  return { text: state, tone: state === 'up' ? 'good' : state === 'down' ? 'bad' : 'warn' };
}

export function measureMetrics(measures: readonly DependencyMeasure[]): MetricValue[] {
  return measures.flatMap((measure): MetricValue[] => {
    const attributes = { dependency: measure.monitored.name, kind: measure.monitored.kind };
    const gauge = (name: string, unit: string, value: number | null): MetricValue[] =>
      value === null ? [] : [{ name, kind: 'gauge', unit, attributes, value }];
    const isKnown = measure.results.length > 0;
    return [
      ...gauge('dependency.up', '1', isKnown ? (isDown(measure) ? 0 : 1) : null),
      ...gauge('dependency.failed.ratio', '1', isKnown ? measure.failed / measure.results.length : null),
      ...gauge('dependency.latency.median', 'ms', measure.p50Ms),
    ];
  });
}
