import type { AttributeSample } from '../model.ts';
import { slotOf, type Attributes } from './attributes.ts';
import { MINUTE_MS } from '../minutes.ts';

/** `toMs` is exclusive. */
export interface WindowRange {
  fromMs: number;
  toMs: number;
}

/** Each sample stands for its share of the records of its slot. */
export function weighted(
  attributes: Attributes,
  minutes: ReadonlyMap<number, number>,
  { fromMs, toMs }: WindowRange,
): Omit<AttributeSample, 'group'>[] {
  return [...attributes.slots.values()].flatMap(({ entries }) => {
    const [first] = entries;
    if (first === undefined) return [];
    const slot = slotOf(attributes, first.atMs);
    let count = 0;
    for (const [minute, records] of minutes) {
      const atMs = minute * MINUTE_MS;
      if (atMs >= slot.fromMs && atMs < slot.toMs) count += records;
    }
    const weight = Math.max(1, count / entries.length);
    return entries
      .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
      .map(({ atMs, fields }) => ({ atMs, weight, fields }));
  });
}
