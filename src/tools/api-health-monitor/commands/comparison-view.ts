import { z } from 'zod';
import { counted } from '../../../core/counted.ts';
import type { Block, Cell } from '../../../core/block.ts';
import { ms } from '../analyze/assessment.ts';
import { isDown } from '../analyze/availability.ts';
import type { Comparison } from '../analyze/compare.ts';
import type { EndpointMeasure } from '../analyze/measure.ts';

export const comparisonDataSchema = z.object({
  endpoint: z.string(),
  verdict: z.enum(['slower', 'tail-slower', 'more-errors', 'not-slower', 'not-enough-data', 'down', 'new']),
  reason: z.string().nullable(),
  shiftMs: z.number().nullable(),
  shiftIntervalMs: z.tuple([z.number(), z.number()]).nullable(),
  notSlowerByMs: z.number().nullable(),
  pValue: z.number().nullable(),
  medianMs: z.number().nullable(),
  before: z.int(),
  after: z.int(),
  effectiveAfter: z.number().nullable(),
});

export type ComparisonData = z.infer<typeof comparisonDataSchema>;

export function toComparisonData(
  measure: EndpointMeasure,
  comparison: Comparison | undefined,
): ComparisonData {
  const base = { endpoint: measure.endpoint.name, medianMs: measure.p50Ms, after: measure.latencies.length };
  if (comparison === undefined) {
    const nothing = {
      reason: null,
      shiftMs: null,
      shiftIntervalMs: null,
      notSlowerByMs: null,
      pValue: null,
      before: 0,
      effectiveAfter: null,
    };
    return { ...base, ...nothing, verdict: isDown(measure) ? 'down' : 'new' };
  }
  const interval = comparison.shiftInterval;
  return {
    ...base,
    verdict: comparison.verdict,
    reason: comparison.reason,
    shiftMs: comparison.shiftMs,
    shiftIntervalMs: interval === null ? null : [interval.low, interval.high],
    notSlowerByMs: comparison.notSlowerByMs,
    pValue: comparison.pValue,
    before: comparison.n.before,
    effectiveAfter: comparison.effectiveN.after,
  };
}

const VERDICT_TONE = {
  slower: 'bad',
  'tail-slower': 'bad',
  'more-errors': 'bad',
  down: 'bad',
  'not-slower': 'good',
  'not-enough-data': 'muted',
  new: 'muted',
} as const;

export function comparisonTable(rows: readonly ComparisonData[], name: string): Block {
  return {
    kind: 'table',
    title: `Against baseline "${name}"`,
    columns: [
      { header: 'endpoint' },
      { header: 'verdict' },
      { header: 'within', align: 'right', unit: 'ms' },
      { header: 'change', align: 'right', unit: 'ms' },
      { header: 'median now', align: 'right', unit: 'ms' },
      { header: 'samples', align: 'right' },
    ],
    rows: rows.map((row): Cell[] => [
      row.endpoint,
      { text: row.verdict, tone: VERDICT_TONE[row.verdict] },
      row.notSlowerByMs === null ? null : ms(row.notSlowerByMs),
      row.shiftMs === null ? null : ms(row.shiftMs),
      row.medianMs === null ? null : ms(row.medianMs),
      row.after,
    ]),
  };
}

export function summariseComparisons(rows: readonly ComparisonData[], name: string): string {
  const worse = rows.filter(({ verdict }) => VERDICT_TONE[verdict] === 'bad').length;
  const fine = rows.filter(({ verdict }) => verdict === 'not-slower').length;
  const open = rows.length - worse - fine;
  const are = (count: number): string => (count === 1 ? 'is' : 'are');
  return `Against "${name}": ${worse} of ${counted(rows.length, 'endpoint')} ${are(worse)} worse, ${fine} ${are(fine)} not slower${open > 0 ? `, ${open} could not be judged` : ''}.`;
}
