import type { Block, Cell } from '../../../core/block.ts';
import { latencyEntries, type SparseHistogram } from '../../../core/load/latency-histogram.ts';
import { percent } from '../../../core/rounding.ts';
import {
  type EndpointFigures,
  endpointFigures,
  type LatencyFigures,
  type Percentile,
  sliceFigures,
  supports,
} from '../analyze/figures.ts';
import { formatRate, percentileText } from '../analyze/format.ts';
import { mergeMeasures, spanMs } from '../analyze/merge.ts';
import { coarser } from '../analyze/series.ts';
import { formatThresholdValue, type ThresholdVerdict } from '../analyze/thresholds.ts';
import type { LoadRecord, LoadSlice } from '../record.ts';

/** More points than a wide screen has columns show nothing more. */
const MAX_POINTS = 300;
const MAX_ENDPOINTS = 30;
const MAX_EXEMPLARS = 8;
const MAX_BODY = 160;

/** What each endpoint did, the busiest first; `objectiveMs` is what a p95 is held against. */
export function endpointTable(title: string, slice: LoadSlice, objectiveMs: number | null): Block {
  const { whole, endpoints } = sliceFigures(slice);
  const sorted = endpoints.toSorted((a, b) => b.ended - a.ended);
  const rows = endpoints.length > 1 ? [...sorted.slice(0, MAX_ENDPOINTS), whole] : sorted;
  const omitted = sorted.length - MAX_ENDPOINTS;
  return {
    kind: 'table',
    title,
    columns: [
      { header: 'endpoint' },
      { header: 'req/s', align: 'right' },
      { header: 'failed', align: 'right' },
      { header: 'p50', align: 'right', unit: 'ms' },
      { header: 'p95', align: 'right', unit: 'ms' },
      { header: 'p99', align: 'right', unit: 'ms' },
      { header: 'max', align: 'right', unit: 'ms' },
    ],
    rows: rows.map((figures): Cell[] => [
      figures.name,
      formatRate(figures.rate),
      failedCell(figures),
      latencyCell(figures.response, 'p50', 0.5),
      tonedP95(figures.response, objectiveMs),
      latencyCell(figures.response, 'p99', 0.99),
      figures.response.max === null ? null : percentileText({ ms: figures.response.max, atLeast: false }),
    ]),
    ...(omitted > 0 ? { omitted } : {}),
  };
}

export function failedCell({ failed, errorShare }: EndpointFigures): Cell {
  if (errorShare === null) return null;
  return failed === 0 ? '0' : { text: `${percent(errorShare)} %`, tone: 'bad' };
}

/** A percentile that too few samples stand behind is not shown. */
export function latencyCell(
  figures: LatencyFigures,
  name: 'p50' | 'p90' | 'p95' | 'p99' | 'p999',
  q: number,
): Cell {
  const value: Percentile | null = figures[name];
  return supports(figures.count + figures.censored, q) ? percentileText(value) : null;
}

function tonedP95(figures: LatencyFigures, objectiveMs: number | null): Cell {
  const cell = latencyCell(figures, 'p95', 0.95);
  if (typeof cell !== 'string' || objectiveMs === null || figures.p95 === null) return cell;
  return { text: cell, tone: figures.p95.ms > objectiveMs ? 'bad' : 'good' };
}

/** Percentiles of response, service and our own lateness, with how many stand behind them. */
export function percentileTable(slice: LoadSlice, isOpen: boolean): Block {
  const { whole } = sliceFigures(slice);
  const rows: [string, LatencyFigures][] = [
    ['response', whole.response],
    ['service', whole.service],
    ['first byte', whole.firstByte],
    ["server's own word", whole.serverTiming],
    // Users of a closed load are never late: their time is when the one before was answered.
    ...(isOpen ? [['own lag', whole.lag] as [string, LatencyFigures]] : []),
  ];
  const column = (header: string) => ({ header, align: 'right' as const, unit: 'ms' });
  return {
    kind: 'table',
    title: 'Latency in ms: response counts from the intended time, service from the send',
    columns: [
      { header: '' },
      ...['p50', 'p90', 'p95', 'p99', 'p99.9', 'max'].map(column),
      { header: 'samples', align: 'right' },
    ],
    rows: rows
      .filter(([, figures]) => figures.count > 0)
      .map(([name, figures]): Cell[] => [
        name,
        latencyCell(figures, 'p50', 0.5),
        latencyCell(figures, 'p90', 0.9),
        latencyCell(figures, 'p95', 0.95),
        latencyCell(figures, 'p99', 0.99),
        latencyCell(figures, 'p999', 0.999),
        figures.max === null ? null : percentileText({ ms: figures.max, atLeast: false }),
        (figures.count + figures.censored).toLocaleString('en-US'),
      ]),
  };
}

export function thresholdTable(verdicts: readonly ThresholdVerdict[]): Block {
  return {
    kind: 'table',
    title: 'Thresholds',
    columns: [{ header: 'threshold' }, { header: 'value', align: 'right' }, { header: '' }],
    rows: verdicts.map((verdict): Cell[] => [
      verdict.threshold.text,
      formatThresholdValue(verdict),
      verdict.holds ? { text: 'holds', tone: 'good' } : { text: 'crossed', tone: 'bad' },
    ]),
  };
}

/** Responses of all endpoints, in bins that grow by the same factor. */
export function responseDistribution(slice: LoadSlice): Block {
  const measure = mergeMeasures('', slice.endpoints);
  const { response } = endpointFigures(measure, spanMs(slice));
  const marks = (['p50', 'p95', 'p99'] as const).flatMap((label) => {
    const value = response[label];
    return value === null || value.atLeast ? [] : [{ label, value: round(value.ms) }];
  });
  return { kind: 'distribution', title: 'Responses', unit: 'ms', bins: binsOf(measure.response), marks };
}

const BINS = 24;

function binsOf(histogram: SparseHistogram): { upTo: number; count: number }[] {
  const entries = latencyEntries(histogram);
  const low = Math.max(0.01, entries[0]?.ms ?? 0.01);
  const high = Math.max(low * 1.01, entries.at(-1)?.ms ?? low);
  const factor = (high / low) ** (1 / BINS);
  const bins = Array.from({ length: BINS }, (_, index) => ({
    upTo: round(low * factor ** (index + 1)),
    count: 0,
  }));
  for (const { ms, count } of entries) {
    const bin = bins.find(({ upTo }) => ms <= upTo) ?? bins.at(-1);
    if (bin !== undefined) bin.count += count;
  }
  return bins;
}

/** Rate, percentiles, what is under way and what failed, over time. */
export function timeSeries(record: LoadRecord, objectiveMs: number | null): Block[] {
  const slices = coarser(record.slices, MAX_POINTS).map((slice) => ({ slice, ...sliceFigures(slice) }));
  if (slices.length < 2) return [];
  type Point = (typeof slices)[number];
  const line = (name: string, valueOf: (point: Point) => number | null) => ({
    name,
    points: slices.map((point): [number, number | null] => {
      const value = valueOf(point);
      return [point.slice.atMs, value === null ? null : round(value)];
    }),
  });
  const hasFailures = slices.some(({ whole }) => whole.failed > 0);
  return [
    {
      kind: 'series',
      title: 'Requests a second',
      unit: 'req/s',
      lines: [
        line('answered', ({ whole }) => whole.rate),
        ...(hasFailures ? [line('failed', ({ whole }) => whole.rate - whole.goodput)] : []),
      ],
    },
    {
      kind: 'series',
      title: 'Response time',
      unit: 'ms',
      lines: [
        line('p50', ({ whole }) => whole.response.p50?.ms ?? null),
        line('p95', ({ whole }) => whole.response.p95?.ms ?? null),
        line('p99', ({ whole }) => whole.response.p99?.ms ?? null),
      ],
      ...(objectiveMs === null ? {} : { threshold: objectiveMs }),
    },
    {
      kind: 'series',
      title: 'Under way',
      unit: '',
      lines: [
        line('in flight', ({ slice }) => slice.inFlight),
        ...(record.plan.open
          ? [line('queued', ({ slice }) => slice.queued)]
          : [line('users', ({ slice }) => slice.users)]),
      ],
    },
  ];
}

/** What failed, by kind and endpoint, then what the server said: untrusted text. */
export function failureBlocks(
  slice: LoadSlice,
  exemplars: LoadRecord['exemplars'],
  startedAtMs: number,
): Block[] {
  const rows = slice.endpoints.flatMap((endpoint) =>
    Object.entries(endpoint.failed).map(([kind, count]) => ({
      endpoint: endpoint.name,
      kind,
      count: count ?? 0,
    })),
  );
  if (rows.length === 0) return [];
  const failed = exemplars.filter(({ failure }) => failure !== null);
  return [
    {
      kind: 'table',
      title: 'Failures',
      columns: [{ header: 'endpoint' }, { header: 'kind' }, { header: 'times', align: 'right' }],
      rows: rows
        .toSorted((a, b) => b.count - a.count)
        .map(({ endpoint, kind, count }): Cell[] => [endpoint, kind, count]),
    },
    ...(failed.length === 0
      ? []
      : [
          {
            kind: 'timeline' as const,
            title: 'Some of them, with what the server said',
            entries: failed.slice(0, MAX_EXEMPLARS).map((one) => ({
              atMs: startedAtMs + one.atMs,
              label: `${one.endpoint}: ${one.failure ?? ''}${one.status === null ? '' : ` (${one.status})`}`,
              tone: 'bad' as const,
              ...(one.body === null ? {} : { detail: one.body.slice(0, MAX_BODY) }),
            })),
          },
        ]),
  ];
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
