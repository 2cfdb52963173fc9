import { z } from 'zod';
import type { Block, Cell, Tone } from '../../../core/block.ts';
import type { BackendEvent, CoverageGap } from '../../../core/event.ts';
import { formatDuration } from '../../../core/duration.ts';
import { emptyHistogram, mergeHistograms, quantile, toBins } from '../../../core/histogram.ts';
import { ms, percent } from '../analyze/assessment.ts';
import type { EndpointPeriod } from '../analyze/period.ts';
import type { EndpointHistory } from '../collect/history.ts';

/** More lines than this in one chart cannot be told apart. */
const MAX_LINES = 6;
const MAX_EVENTS = 50;

export const periodDataSchema = z.object({
  endpoint: z.string(),
  ok: z.int(),
  failed: z.int(),
  suspect: z.int(),
  causes: z.record(z.string(), z.number()),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  claims: z.object({ p95: z.boolean(), p99: z.boolean() }),
  uptimePercent: z.number().nullable(),
  coveragePercent: z.number(),
  objective: z.object({ p95Ms: z.number(), availabilityPercent: z.number() }),
  errorBudget: z.object({ total: z.number(), spent: z.number(), remainingPercent: z.number().nullable() }),
  p95ChangePercent: z.number().nullable(),
  worstHours: z.array(
    z.object({ start: z.iso.datetime(), p95Ms: z.number().nullable(), failed: z.int(), probes: z.int() }),
  ),
});

export function toPeriodData(period: EndpointPeriod): z.infer<typeof periodDataSchema> {
  const { endpoint, budget } = period;
  return {
    endpoint: endpoint.name,
    ok: period.ok,
    failed: period.failed,
    suspect: period.suspect,
    causes: { ...period.causes },
    p50Ms: period.p50Ms,
    p95Ms: period.p95Ms,
    p99Ms: period.p99Ms,
    claims: period.claims,
    uptimePercent: period.uptime === null ? null : period.uptime * 100,
    coveragePercent: period.coverage * 100,
    objective: { p95Ms: endpoint.objective.p95Ms, availabilityPercent: endpoint.objective.availability },
    errorBudget: {
      total: budget.total,
      spent: budget.spent,
      remainingPercent: budget.remainingShare === null ? null : budget.remainingShare * 100,
    },
    p95ChangePercent: period.p95Change === null ? null : period.p95Change * 100,
    worstHours: period.worstHours.map(({ startMs, ...hour }) => ({
      start: new Date(startMs).toISOString(),
      ...hour,
    })),
  };
}

export function periodSections(
  periods: readonly EndpointPeriod[],
  histories: readonly EndpointHistory[],
  events: readonly BackendEvent[],
  gaps: readonly CoverageGap[],
): Block[] {
  return [
    summaryTable(periods),
    availabilityTable(periods),
    ...latencyChart(periods, histories),
    distribution(periods),
    ...worstHoursTable(periods),
    ...timeline(events, gaps),
  ];
}

function summaryTable(periods: readonly EndpointPeriod[]): Block {
  return {
    kind: 'table',
    title: 'Latency, cold connections (~: too few samples to claim it)',
    columns: [
      { header: 'endpoint' },
      { header: 'p50', align: 'right', unit: 'ms' },
      { header: 'p95', align: 'right', unit: 'ms' },
      { header: 'p99', align: 'right', unit: 'ms' },
      { header: 'objective', align: 'right', unit: 'ms' },
      { header: 'change', align: 'right', unit: '%' },
      { header: 'samples', align: 'right' },
    ],
    rows: periods.map((period): Cell[] => [
      period.endpoint.name,
      period.p50Ms === null ? null : ms(period.p50Ms),
      claimed(period.p95Ms, period.claims.p95, period.endpoint.objective.p95Ms),
      claimed(period.p99Ms, period.claims.p99, undefined),
      ms(period.endpoint.objective.p95Ms),
      period.p95Change === null ? null : signed(percent(period.p95Change)),
      period.ok,
    ]),
  };
}

function claimed(value: number | null, claim: boolean, limit: number | undefined): Cell {
  if (value === null) return null;
  if (!claim) return { text: `~${ms(value)}`, tone: 'muted' };
  return limit !== undefined && value > limit ? { text: String(ms(value)), tone: 'bad' } : ms(value);
}

function availabilityTable(periods: readonly EndpointPeriod[]): Block {
  return {
    kind: 'table',
    title: 'Availability (uptime is of the time that was covered)',
    columns: [
      { header: 'endpoint' },
      { header: 'uptime', align: 'right', unit: '%' },
      { header: 'covered', align: 'right', unit: '%' },
      { header: 'objective', align: 'right', unit: '%' },
      { header: 'budget left', align: 'right', unit: '%' },
      { header: 'failed', align: 'right' },
    ],
    rows: periods.map((period): Cell[] => [
      period.endpoint.name,
      period.uptime === null ? null : { text: fixed(period.uptime * 100), tone: uptimeTone(period) },
      fixed(period.coverage * 100),
      period.endpoint.objective.availability,
      period.budget.remainingShare === null ? null : percent(period.budget.remainingShare),
      period.failed,
    ]),
  };
}

function uptimeTone({ uptime, endpoint }: EndpointPeriod): Tone {
  return (uptime ?? 0) * 100 >= endpoint.objective.availability ? 'good' : 'bad';
}

function latencyChart(periods: readonly EndpointPeriod[], histories: readonly EndpointHistory[]): Block[] {
  const slowest = periods.toSorted((a, b) => (b.p95Ms ?? 0) - (a.p95Ms ?? 0)).slice(0, MAX_LINES);
  const lines = slowest.flatMap(({ endpoint }) => {
    const history = histories.find((candidate) => candidate.endpoint === endpoint);
    const points = (history?.buckets ?? []).map(({ startMs, histogram }): [number, number | null] => [
      startMs,
      quantile(histogram, 0.95),
    ]);
    return points.length === 0 ? [] : [{ name: endpoint.name, points }];
  });
  if (lines.length === 0) return [];
  const limits = new Set(slowest.map(({ endpoint }) => endpoint.objective.p95Ms));
  const [threshold] = limits;
  return [
    {
      kind: 'series',
      title: 'p95 by the hour, slowest endpoints',
      unit: 'ms',
      lines,
      ...(limits.size === 1 && threshold !== undefined ? { threshold } : {}),
    },
  ];
}

function distribution(periods: readonly EndpointPeriod[]): Block {
  const all = periods.map(({ histogram }) => histogram).reduce(mergeHistograms, emptyHistogram());
  const marks = [0.5, 0.95, 0.99].flatMap((q) => {
    const value = quantile(all, q);
    return value === null ? [] : [{ label: `p${q * 100}`, value: ms(value) }];
  });
  return { kind: 'distribution', title: 'All calls', unit: 'ms', bins: toBins(all, 30), marks };
}

/** Of a single hour there is no worst one. */
function worstHoursTable(periods: readonly EndpointPeriod[]): Block[] {
  if (periods.every(({ worstHours }) => worstHours.length < 2)) return [];
  const rows = periods.flatMap(({ endpoint, worstHours }) =>
    worstHours.map((hour): Cell[] => [
      endpoint.name,
      new Date(hour.startMs).toISOString().slice(0, 13).replace('T', ' '),
      hour.p95Ms === null ? null : ms(hour.p95Ms),
      hour.failed,
      hour.probes,
    ]),
  );
  return [
    {
      kind: 'table',
      title: 'Worst hours (UTC)',
      columns: [
        { header: 'endpoint' },
        { header: 'hour' },
        { header: 'p95', align: 'right', unit: 'ms' },
        { header: 'failed', align: 'right' },
        { header: 'probes', align: 'right' },
      ],
      rows,
    },
  ];
}

function timeline(events: readonly BackendEvent[], gaps: readonly CoverageGap[]): Block[] {
  const entries = [
    ...events.map((event) => ({
      atMs: event.atMs,
      label: event.title,

      ...toneOf(event),
    })),
    ...gaps.map((gap) => ({
      atMs: gap.fromMs,
      label: `not looking for ${formatDuration(gap.toMs - gap.fromMs)}`,
      detail: gap.reason,
      tone: 'muted' as const,
    })),
  ];
  const newest = entries.toSorted((a, b) => a.atMs - b.atMs).slice(-MAX_EVENTS);
  return newest.length === 0 ? [] : [{ kind: 'timeline', title: 'What happened', entries: newest }];
}

function toneOf(event: BackendEvent): { tone?: Tone } {
  const to = event.attributes['to'];
  if (to === 'up') return { tone: 'good' };
  return to === 'down' || to === 'flapping' ? { tone: 'bad' } : {};
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : String(value);
}

/** Uptime needs its third decimal: 99.9 and 99.99 are different promises. */
function fixed(value: number): string {
  return value.toFixed(3).replace(/\.?0+$/, '');
}
