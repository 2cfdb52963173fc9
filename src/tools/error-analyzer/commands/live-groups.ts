import { z } from 'zod';
import type { Block, Cell } from '../../../core/block.ts';
import { sparkline } from '../../../core/sparkline.ts';
import type { ExplainedIncident } from '../analyze/assess.ts';
import { lastHour } from '../analyze/live/range.ts';
import type { Movement } from '../analyze/live/movements.ts';
import type { GroupHistory, LogWindow } from '../analyze/model.ts';
import { trendOf } from '../analyze/trend.ts';
import { KIND } from './analyze-view.ts';
import { groupDataSchema, toGroupData } from './group-data.ts';
import { clockOf, shortTitle } from './live-text.ts';

/** A group as a live command publishes it. */
export const movementDataSchema = groupDataSchema.extend({
  /** Records a minute of the last five minutes, and of the 55 before; null where less was read. */
  perMinuteNow: z.number(),
  perMinuteBefore: z.number().nullable(),
});
type MovementData = z.infer<typeof movementDataSchema>;

interface Shown {
  window: LogWindow;
  history: ReadonlyMap<string, GroupHistory>;
  incidents: readonly ExplainedIncident[];
}

export function toMovementData(
  { group, nowPerMinute, beforePerMinute }: Movement,
  { window, history }: Pick<Shown, 'window' | 'history'>,
): MovementData {
  return {
    ...toGroupData(group, history.get(group.id), window),
    perMinuteNow: rate(nowPerMinute),
    perMinuteBefore: beforePerMinute === null ? null : rate(beforePerMinute),
  };
}

/** Errors of the last hour in a table that fits a screen. */
export function movementTable(movements: readonly Movement[], shown: Shown, limit: number): Block[] {
  if (movements.length === 0) return [];
  const { window } = shown;
  const hour = lastHour(window);
  return [
    {
      kind: 'table',
      title: 'Errors of the last hour, the one that rises most first',
      columns: [
        { header: 'group' },
        { header: 'state' },
        { header: '/min', align: 'right' },
        { header: 'before', align: 'right' },
        { header: 'users', align: 'right' },
        { header: 'last' },
        { header: 'trend' },
        { header: 'error' },
      ],
      rows: movements.slice(0, limit).map(({ group, nowPerMinute, beforePerMinute }) => [
        group.id,
        stateOf(group.id, shown),
        rate(nowPerMinute),
        beforePerMinute === null ? null : rate(beforePerMinute),
        group.users,
        clockOf(group.lastMs),
        sparkline(
          trendOf(
            group.minutes.filter(([minute]) => minute * 60_000 >= hour.fromMs),
            hour,
          ),
        ),
        shortTitle(group.title),
      ]),
      ...(movements.length > limit ? { omitted: movements.length - limit } : {}),
    },
  ];
}

function stateOf(id: string, { incidents, history }: Shown): Cell {
  const detection = incidents
    .flatMap(({ incident }) => incident.detections)
    .find(({ group }) => group === id);
  if (detection !== undefined) return { text: KIND[detection.kind].word, tone: KIND[detection.kind].tone };
  const state = history.get(id)?.state ?? 'open';
  return { text: state === 'open' ? 'known' : state, tone: 'muted' };
}

export function rate(perMinute: number): number {
  return Number(perMinute.toPrecision(2));
}
