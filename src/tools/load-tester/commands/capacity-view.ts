import { z } from 'zod';
import type { Block, Cell } from '../../../core/block.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { MetricValue } from '../../../core/metric.ts';
import { ms, percent } from '../../../core/rounding.ts';
import type { ReportStatus } from '../../../core/report.ts';
import type { CapacityResult, CapacityStep, SearchSettings, StepBreach } from '../analyze/capacity/types.ts';
import { formatRate } from '../analyze/format.ts';
import type { EarlierCapacity } from '../collect/capacity-history.ts';

const nullable = z.number().nullable();

export const capacityDataSchema = z.object({
  target: z.string(),
  source: z.string(),
  objective: z.object({ p95Ms: z.number(), errorShare: z.number() }),
  resolution: z.number(),
  windowMs: z.number(),
  end: z.enum(['found', 'ceiling', 'generator', 'nothing-meets', 'steps-used-up']),
  /** Sessions a second, all of them. */
  meets: nullable,
  breaks: nullable,
  confirmed: z.boolean(),
  knee: z
    .object({ rate: z.number(), between: z.tuple([z.number(), z.number()]), floorMs: z.number() })
    .nullable(),
  breaking: z.object({ rate: z.number(), completedAtMost: z.number(), collapses: z.boolean() }).nullable(),
  steps: z.array(
    z.object({
      kind: z.enum(['search', 'confirm']),
      rate: z.number(),
      windowMs: z.number(),
      begunRate: z.number(),
      completedRate: z.number(),
      /** Requests a second. */
      goodRequestRate: z.number(),
      p50Ms: nullable,
      p95Ms: nullable,
      worstEndpoint: z.string().nullable(),
      errorShare: z.number(),
      dropped: z.int(),
      backlogGrowth: z.number(),
      broken: z.array(z.enum(['latency', 'errors', 'backlog', 'dropped'])),
      unfit: z.string().nullable(),
    }),
  ),
  /** Of the same scenarios, in time order. */
  earlier: z.array(z.object({ atMs: z.number(), meets: z.number(), p95Ms: z.number() })),
});

const BREACHES: Readonly<Record<StepBreach, string>> = {
  latency: 'too slow',
  errors: 'errors',
  backlog: 'queue grows',
  dropped: 'drops',
};

/** Fail when nothing meets the objective, unknown when no rate was held. */
export function capacityStatus({ end, confirmed }: CapacityResult): ReportStatus | undefined {
  if (end === 'nothing-meets') return 'fail';
  return confirmed && end !== 'generator' ? undefined : 'unknown';
}

export function summariseCapacity(result: CapacityResult, { objective }: SearchSettings): string {
  const { end, meets, breaks, knee, breaking } = result;
  const goal = `p95 under ${ms(objective.p95Ms)} ms and errors under ${percent(objective.errorShare)} %`;
  if (meets === null) {
    return end === 'nothing-meets'
      ? `No rate that was tried keeps ${goal}.`
      : `No rate could be judged: ${result.steps.at(-1)?.unfit ?? 'the search ended early'}.`;
  }
  const facts = [
    knee === null ? null : `latency leaves its floor at ${formatRate(knee.rate)}`,
    breaking === null ? null : `at most ${formatRate(breaking.completedAtMost)} are completed`,
  ].filter((fact) => fact !== null);
  const rest = facts.length === 0 ? '' : `; ${facts.join(', ')}`;
  const rate = `${formatRate(meets)} sessions/s`;
  if (end === 'ceiling') return `${rate}, the ceiling, keep ${goal}: the server takes at least that${rest}.`;
  if (end === 'generator') return `At least ${rate} keep ${goal}; beyond, this machine was the limit${rest}.`;
  if (end === 'steps-used-up') {
    return `Between ${rate} and ${breaks === null ? 'more' : formatRate(breaks)} keep ${goal}; the steps were used up${rest}.`;
  }
  return `Up to ${rate} keep ${goal}${rest}.`;
}

export function capacitySections(
  result: CapacityResult,
  settings: SearchSettings,
  earlier: readonly EarlierCapacity[],
): Block[] {
  const { steps } = result;
  return [
    factsTable(result, settings),
    {
      kind: 'table',
      title: `Steps of ${formatDuration(settings.windowMs)}, by rate`,
      columns: [
        { header: 'asked', align: 'right', unit: '/s' },
        { header: 'completed', align: 'right', unit: '/s' },
        { header: 'p50', align: 'right', unit: 'ms' },
        { header: 'p95', align: 'right', unit: 'ms' },
        { header: 'errors', align: 'right', unit: '%' },
        { header: 'backlog', align: 'right' },
        { header: 'result' },
      ],
      rows: steps.toSorted((a, b) => a.rate - b.rate || a.windowMs - b.windowMs).map(stepRow),
    },
    ...trend(result, earlier),
  ];
}

function factsTable(
  { meets, breaks, confirmed, knee, breaking }: CapacityResult,
  settings: SearchSettings,
): Block {
  const rows: Cell[][] = [
    [
      'within the objective up to',
      meets === null ? null : formatRate(meets),
      meets === null
        ? 'no rate'
        : confirmed
          ? `held for ${formatDuration(settings.windowMs * 3)}`
          : 'not held for long',
    ],
    ['objective broken at', breaks === null ? null : formatRate(breaks), breaks === null ? 'nowhere' : ''],
    [
      'knee: latency leaves its floor at',
      knee === null ? null : formatRate(knee.rate),
      knee === null
        ? 'nowhere seen'
        : `floor ${ms(knee.floorMs)} ms; between ${knee.between.map(formatRate).join(' and ')}`,
    ],
    [
      'breaking point: completes at most',
      breaking === null ? null : formatRate(breaking.completedAtMost),
      breaking === null ? 'it always followed' : breaking.collapses ? 'and less when more is asked for' : '',
    ],
  ];
  return {
    kind: 'table',
    title: 'Capacity',
    columns: [{ header: 'what' }, { header: 'sessions/s', align: 'right' }, { header: '' }],
    rows,
  };
}

function stepRow({
  kind,
  rate,
  completedRate,
  p50Ms,
  p95Ms,
  errorShare,
  backlogGrowth,
  broken,
  unfit,
}: CapacityStep): Cell[] {
  const held = kind === 'confirm' ? 'held' : 'met';
  return [
    formatRate(rate),
    formatRate(completedRate),
    p50Ms === null ? null : ms(p50Ms),
    p95Ms === null ? null : ms(p95Ms),
    percent(errorShare),
    Math.round(backlogGrowth) === 0 ? '0' : `${backlogGrowth > 0 ? '+' : ''}${Math.round(backlogGrowth)}`,
    broken.length === 0
      ? { text: held, tone: 'good' }
      : unfit === null
        ? { text: broken.map((breach) => BREACHES[breach]).join(', '), tone: 'bad' }
        : { text: 'generator late', tone: 'muted' },
  ];
}

function trend({ meets, confirmed }: CapacityResult, earlier: readonly EarlierCapacity[]): Block[] {
  const last = earlier.at(-1);
  if (last === undefined || meets === null || !confirmed) return [];
  const change = percent(meets / last.meets - 1);
  const day = new Date(last.atMs).toISOString().slice(0, 10);
  return [
    {
      kind: 'table',
      title: 'Earlier',
      columns: [
        { header: 'when' },
        { header: 'sessions/s', align: 'right' },
        { header: 'p95 under', align: 'right', unit: 'ms' },
      ],
      rows: earlier
        .slice(-10)
        .map(({ atMs, meets: rate, p95Ms }) => [
          new Date(atMs).toISOString().slice(0, 16).replace('T', ' '),
          formatRate(rate),
          ms(p95Ms),
        ]),
    },
    {
      kind: 'text',
      text: `${change >= 0 ? '+' : ''}${change} % since ${day}.`,
      tone: change < -10 ? 'warn' : 'muted',
    },
  ];
}

export function capacityMetrics(
  { meets, knee, breaking, confirmed }: CapacityResult,
  target: string,
): MetricValue[] {
  const gauge = (name: string, value: number | null | undefined): MetricValue[] =>
    value === null || value === undefined
      ? []
      : [{ name, kind: 'gauge', unit: '{sessions}/s', attributes: { target }, value }];
  return [
    ...gauge('load.capacity', confirmed ? meets : null),
    ...gauge('load.capacity.knee', knee?.rate),
    ...gauge('load.capacity.breaking', breaking?.completedAtMost),
  ];
}
