import { levelName } from '../../../../core/log/level.ts';
import type { GroupSighting } from '../../../../store/error-log-store.ts';
import type { Shape } from '../shape/types.ts';
import type { SegmentDocument } from './types.ts';
import type { WindowRange } from './weights.ts';
import { MINUTE_MS } from '../minutes.ts';

const HOUR_MINUTES = 60;

/** First and last record of all, `toMs` exclusive; null where there is none. */
export function spanOf(documents: readonly SegmentDocument[]): WindowRange | null {
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  for (const { records } of documents) {
    if (records.length === 0) continue;
    fromMs = Math.min(fromMs, (records[0] ?? 0) * MINUTE_MS);
    toMs = Math.max(toMs, ((records[records.length - 2] ?? 0) + 1) * MINUTE_MS);
  }
  return fromMs < toMs ? { fromMs, toMs } : null;
}

/** Every shape that segments hold, for tier 2, ascending by key. */
export function shapesOf(documents: readonly SegmentDocument[]): Shape[] {
  const shapes = new Map<string, Shape>();
  for (const { groups } of documents) {
    for (const { shape, title } of groups) {
      if (shape !== null && !shapes.has(shape.key)) shapes.set(shape.key, { ...shape, template: title });
    }
  }
  return [...shapes.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** What a fold adds to the records of groups: errors only, as the same words told as none would hide that they are new. */
export function sightingsOf(documents: readonly SegmentDocument[]): GroupSighting[] {
  const sightings = new Map<string, GroupSighting & { hours: [number, number][] }>();
  for (const { groups } of documents.toSorted((a, b) => a.startMs - b.startMs)) {
    for (const { isError, id, kind, title, culprit, level, firstMs, lastMs, minutes, details } of groups) {
      if (!isError) continue;
      const known = sightings.get(id);
      const releases = (details?.releases ?? []).map(([release]) => release);
      sightings.set(id, {
        id,
        kind,
        title: known?.title ?? title,
        culprit: known === undefined ? culprit : known.culprit,
        level: levelName(level),
        releases: [...new Set([...(known?.releases ?? []), ...releases])],
        firstMs: Math.min(known?.firstMs ?? firstMs, firstMs),
        lastMs: Math.max(known?.lastMs ?? lastMs, lastMs),
        hours: [...(known?.hours ?? []), ...hoursOf(minutes)],
      });
    }
  }
  return [...sightings.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** All records per hour, ascending. */
export function recordHoursOf(documents: readonly SegmentDocument[]): [hour: number, count: number][] {
  return hoursOf(documents.toSorted((a, b) => a.startMs - b.startMs).flatMap(({ records }) => [...records]));
}

function hoursOf(minutes: readonly number[]): [hour: number, count: number][] {
  const hours = new Map<number, number>();
  for (let at = 0; at + 1 < minutes.length; at += 2) {
    const hour = Math.floor((minutes[at] ?? 0) / HOUR_MINUTES);
    hours.set(hour, (hours.get(hour) ?? 0) + (minutes[at + 1] ?? 0));
  }
  return [...hours];
}
