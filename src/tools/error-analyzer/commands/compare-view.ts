import { z } from 'zod';
import type { Block } from '../../../core/block.ts';
import { quoteForeign } from '../../../core/text.ts';
import type { GroupChange } from '../analyze/compare.ts';

const MAX_TITLE = 90;

export const comparisonDataSchema = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  changes: z.array(
    z.object({
      group: z.string(),
      title: z.string(),
      change: z.enum(['new', 'gone', 'more', 'less']),
      perHourBefore: z.number(),
      perHourNow: z.number(),
    }),
  ),
});
export type ComparisonData = z.infer<typeof comparisonDataSchema>;

export interface Comparison {
  range: { fromMs: number; toMs: number };
  changes: readonly GroupChange[];
}

export function toComparisonData({ range, changes }: Comparison, limit: number): ComparisonData {
  return {
    from: new Date(range.fromMs).toISOString(),
    to: new Date(range.toMs).toISOString(),
    changes: changes.slice(0, limit).map(({ group, change, perHourBefore, perHourNow }) => ({
      group: group.id,
      title: group.title,
      change,
      perHourBefore,
      perHourNow,
    })),
  };
}

export function comparisonSection({ range, changes }: Comparison, limit: number): Block[] {
  return [
    {
      kind: 'table',
      title: `Beside ${day(range.fromMs)} to ${day(range.toMs)}`,
      columns: [
        { header: 'group' },
        { header: 'change' },
        { header: 'per hour before', align: 'right' },
        { header: 'now', align: 'right' },
        { header: 'error' },
      ],
      rows: changes
        .slice(0, limit)
        .map(({ group, change, perHourBefore, perHourNow }) => [
          group.id,
          { text: change, tone: change === 'new' || change === 'more' ? 'bad' : 'muted' },
          Number(perHourBefore.toPrecision(3)),
          Number(perHourNow.toPrecision(3)),
          quoteForeign(group.title, MAX_TITLE),
        ]),
      ...(changes.length > limit ? { omitted: changes.length - limit } : {}),
    },
  ];
}

function day(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16).replace('T', ' ');
}
