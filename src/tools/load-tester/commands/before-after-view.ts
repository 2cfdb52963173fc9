import { z } from 'zod';
import type { Block, Cell, Tone } from '../../../core/block.ts';
import { counted } from '../../../core/counted.ts';
import { groupBy } from '../../../core/group-by.ts';
import type { MetricValue } from '../../../core/metric.ts';
import { percent } from '../../../core/rounding.ts';
import type { ReportStatus } from '../../../core/report.ts';
import { COMPARED_METRICS } from '../analyze/compare/blocks.ts';
import { mayBeWorse } from '../analyze/compare/compare.ts';
import { changeText, figureText, intervalText, METRIC_TITLES } from '../analyze/compare/figure-text.ts';
import type { ChangeVerdict, MetricChange } from '../analyze/compare/types.ts';

const nullable = z.number().nullable();

export const beforeAfterDataSchema = z.object({
  kind: z.enum(['paired', 'unpaired', 'saved']),
  /** A URL, or the baseline. */
  before: z.string().nullable(),
  after: z.string(),
  /** Sessions a second, or requests a second of a baseline's plan; null for a closed load. */
  rate: nullable,
  blocks: z.int(),
  blockMs: nullable,
  margin: z.number(),
  /** Why nothing is concluded: the generator was the limit. */
  unfit: z.string().nullable(),
  /** Where the run was kept. */
  saved: z.string().nullable(),
  changes: z.array(
    z.object({
      endpoint: z.string(),
      metric: z.enum(COMPARED_METRICS),
      before: nullable,
      after: nullable,
      change: nullable,
      interval: z.object({ low: nullable, high: nullable }).nullable(),
      margin: z.number(),
      blocks: z.int(),
      pValue: nullable,
      detectable: nullable,
      pairsNeeded: nullable,
      verdict: z.enum(['regressed', 'improved', 'same', 'inconclusive']),
      reason: z.string().nullable(),
    }),
  ),
});

const TONES: Readonly<Record<ChangeVerdict, Tone>> = {
  regressed: 'bad',
  improved: 'good',
  same: 'good',
  inconclusive: 'warn',
};
/** What needs looking at comes first. */
const ORDER: readonly ChangeVerdict[] = ['regressed', 'inconclusive', 'improved', 'same'];
const MOST_ROWS = 90;

/** Fail when something regressed, unknown when something may have; else what was found decides. */
export function compareStatus(
  changes: readonly MetricChange[],
  unfit: string | null,
): ReportStatus | undefined {
  if (unfit !== null || changes.length === 0) return 'unknown';
  if (changes.some(({ verdict }) => verdict === 'regressed')) return 'fail';
  return changes.some(mayBeWorse) ? 'unknown' : undefined;
}

/** The verdict on an endpoint is the worst of its figures. */
function verdictOf(changes: readonly MetricChange[]): ChangeVerdict {
  if (changes.some(({ verdict }) => verdict === 'regressed')) return 'regressed';
  if (changes.some(mayBeWorse)) return 'inconclusive';
  return changes.some(({ verdict }) => verdict === 'improved') ? 'improved' : 'same';
}

export function changesTable(changes: readonly MetricChange[], title: string): Block {
  const groups = [...groupBy(changes, ({ endpoint }) => endpoint).values()].toSorted(
    (a, b) => ORDER.indexOf(verdictOf(a)) - ORDER.indexOf(verdictOf(b)),
  );
  const rows = groups.flatMap((group) => group.map((change, index) => rowOf(change, index === 0)));
  return {
    kind: 'table',
    title,
    columns: [
      { header: 'endpoint' },
      { header: 'of' },
      { header: 'before', align: 'right' },
      { header: 'after', align: 'right' },
      { header: 'change', align: 'right' },
      { header: '95 % interval', align: 'right' },
      { header: 'would see', align: 'right' },
      { header: 'verdict' },
    ],
    rows: rows.slice(0, MOST_ROWS),
    ...(rows.length > MOST_ROWS ? { omitted: rows.length - MOST_ROWS } : {}),
  };
}

function rowOf(change: MetricChange, isFirst: boolean): Cell[] {
  const { endpoint, metric, before, after, detectable, verdict } = change;
  return [
    isFirst ? endpoint : '',
    METRIC_TITLES[metric],
    figureText(metric, before),
    figureText(metric, after),
    changeText(metric, change.change),
    intervalText(change),
    detectable === null ? null : changeText(metric, metric === 'throughput' ? -detectable : detectable),
    { text: verdict, tone: TONES[verdict] },
  ];
}

export function summariseChanges(changes: readonly MetricChange[], unfit: string | null): string {
  if (unfit !== null) return `No verdict: ${unfit}.`;
  const verdicts = [...groupBy(changes, ({ endpoint }) => endpoint).values()].map(verdictOf);
  const count = (wanted: ChangeVerdict): number => verdicts.filter((verdict) => verdict === wanted).length;
  const parts = [
    [count('regressed'), 'regressed'],
    [count('improved'), 'improved'],
    [count('same'), 'the same'],
    [count('inconclusive'), 'could not be told'],
  ] as const;
  const said = parts.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  if (said.length === 0) return 'Nothing was compared.';
  return `Of ${counted(verdicts.length, 'endpoint')}: ${said.join(', ')}${smallest(changes)}.`;
}

/** What could have been overlooked. */
function smallest(changes: readonly MetricChange[]): string {
  const medians = changes.flatMap(({ metric, detectable }) =>
    metric === 'p50' && detectable !== null ? [detectable] : [],
  );
  if (medians.length === 0) return '';
  return `; a p50 that is ${percent(Math.max(...medians))} % slower would have been found`;
}

/** Ratio of after to before, for trends over releases. */
export function changeMetrics(changes: readonly MetricChange[]): MetricValue[] {
  return changes.flatMap(({ endpoint, metric, change }) =>
    change === null || metric === 'errors'
      ? []
      : [
          {
            name: `load.change.${metric}`,
            kind: 'gauge' as const,
            unit: '1',
            attributes: { endpoint },
            value: change,
          },
        ],
  );
}
