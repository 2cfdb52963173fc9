import {
  addDistinct,
  createDistinct,
  distinctDocument,
  distinctOf,
  mergeDistinct,
  type Distinct,
} from './distinct.ts';
import { hashText } from './hash.ts';
import { LIMIT } from './limits.ts';
import type { FieldDocument } from './types.ts';

export interface FieldTally {
  field: string;
  count: number;
  distinct: Distinct;
  /** Null once there are too many. */
  values: Map<string, number> | null;
}

export type FieldTallies = Map<string, FieldTally>;

/** Fields whose meaning is known come before all others, which are chosen by a hash of their name: by no order of records. */
const KNOWN = new Set(['host', 'service', 'endpoint', 'tenant', 'release', 'status']);

function rankOfField(field: string): number {
  return KNOWN.has(field) ? -1 : hashText(field);
}

export function addField(tallies: FieldTallies, field: string, value: string): void {
  const tally = tallyOf(tallies, field);
  if (tally === null) return;
  tally.count += 1;
  addDistinct(tally.distinct, value);
  addValue(tally, value, 1);
}

export function mergeFields(into: FieldTallies, from: FieldTallies): void {
  for (const [field, other] of from) {
    const tally = tallyOf(into, field);
    if (tally === null) continue;
    tally.count += other.count;
    mergeDistinct(tally.distinct, other.distinct);
    if (other.values === null) tally.values = null;
    else for (const [value, count] of other.values) addValue(tally, value, count);
  }
}

function addValue(tally: FieldTally, value: string, count: number): void {
  if (tally.values === null) return;
  tally.values.set(value, (tally.values.get(value) ?? 0) + count);
  if (tally.values.size > LIMIT.exactValues) tally.values = null;
}

/** Null where the field's rank is past the cap; one of a smaller rank takes the place of the largest. */
function tallyOf(tallies: FieldTallies, field: string): FieldTally | null {
  const known = tallies.get(field);
  if (known !== undefined) return known;
  if (tallies.size >= LIMIT.countedFields) {
    const last = [...tallies.keys()].reduce((one, other) => (isBefore(one, other) ? other : one));
    if (!isBefore(field, last)) return null;
    tallies.delete(last);
  }
  const tally: FieldTally = { field, count: 0, distinct: createDistinct(), values: new Map() };
  tallies.set(field, tally);
  return tally;
}

function isBefore(one: string, other: string): boolean {
  const difference = rankOfField(one) - rankOfField(other);
  return difference === 0 ? one < other : difference < 0;
}

export function fieldDocuments(tallies: FieldTallies): FieldDocument[] {
  return [...tallies.values()]
    .toSorted((a, b) => (a.field < b.field ? -1 : 1))
    .map(({ field, count, distinct, values }) => ({
      field,
      count,
      distinct: distinctDocument(distinct),
      values: values === null ? null : [...values].toSorted(([a], [b]) => (a < b ? -1 : 1)),
    }));
}

export function fieldsOf(documents: readonly FieldDocument[]): FieldTallies {
  return new Map(
    documents.map(({ field, count, distinct, values }) => [
      field,
      { field, count, distinct: distinctOf(distinct), values: values === null ? null : new Map(values) },
    ]),
  );
}
