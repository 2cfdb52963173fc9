import { addRanked, createRanked, rankLimit, type Ranked } from './ranked.ts';
import { LIMIT } from './limits.ts';
import type { AttributeDocument, AttributesDocument } from './types.ts';

/**
 * Fields of single records, sampled by slot of time: of the smallest ranks up to `limitAt(step)` for each slot of `slotMsAt(step)`. When there are too many
 * within a segment, the step goes up: fewer for each slot, then longer slots. What is kept at a step follows from what was kept at the one before, and
 * the number at a step only grows with the records, so the step that is reached, and with it the sample, depends on no order.
 */
export interface Attributes {
  step: number;
  slots: Map<number, Ranked<AttributeEntry>>;
}

/** Most records that are sampled are soon replaced by others, and reading their fields is dear: `settle` reads those of one that stayed. */
export interface AttributeEntry extends AttributeDocument {
  settle?: () => void;
}

const SLOT_MS = 600_000;
/** Up to here fewer are kept for each slot; the first steps of traffic are those of groups and two more above. */
const SHRINKING = Math.log2(LIMIT.trafficAttributes / 8);
/** So often slots double after that: 10 minutes become 20 years. */
const DOUBLINGS = 20;

/** Of groups: they begin with 64 for a slot, traffic with 256. */
export const FIRST_GROUP_STEP = Math.log2(LIMIT.trafficAttributes / LIMIT.groupAttributes);
const LAST_STEP = SHRINKING + DOUBLINGS + 4;

function limitAt(step: number): number {
  const beyond = step - SHRINKING;
  if (beyond <= 0) return LIMIT.trafficAttributes >> step;
  return beyond <= DOUBLINGS ? 8 : 8 >> (beyond - DOUBLINGS);
}

function slotMsAt(step: number): number {
  return SLOT_MS * 2 ** Math.max(0, Math.min(DOUBLINGS, step - SHRINKING));
}

export function createAttributes(step: number): Attributes {
  return { step, slots: new Map() };
}

export function slotOf(
  { step }: Pick<Attributes, 'step'>,
  atMs: number,
): { index: number; fromMs: number; toMs: number } {
  const widthMs = slotMsAt(step);
  const index = Math.floor(atMs / widthMs);
  return { index, fromMs: index * widthMs, toMs: (index + 1) * widthMs };
}

export function wantsAttributes(attributes: Attributes, atMs: number, rank: number): boolean {
  return rank < attributeRankLimit(attributes, atMs);
}

/** Only smaller ranks are kept of this time's slot, now and later. */
export function attributeRankLimit({ step, slots }: Attributes, atMs: number): number {
  const ranked = slots.get(Math.floor(atMs / slotMsAt(step)));
  if (ranked !== undefined) return rankLimit(ranked);
  return step < LAST_STEP ? Number.POSITIVE_INFINITY : 0;
}

/** Reads what is to be read later (`settle`): before what it is read from goes away, and before the entries are told. */
export function settleAttributes({ slots }: Attributes): void {
  for (const { entries } of slots.values()) for (const entry of entries) entry.settle?.();
}

/** How many more there are than before. */
export function addAttributes(attributes: Attributes, entry: AttributeEntry): number {
  const limit = limitAt(attributes.step);
  if (limit < 1) return 0;
  const slot = Math.floor(entry.atMs / slotMsAt(attributes.step));
  let ranked = attributes.slots.get(slot);
  if (ranked === undefined) {
    ranked = createRanked(limit);
    attributes.slots.set(slot, ranked);
  }
  const before = ranked.entries.length;
  addRanked(ranked, entry);
  return ranked.entries.length - before;
}

export function mergeAttributes(into: Attributes, from: Attributes): void {
  raiseStep(into, from.step);
  for (const { entries } of from.slots.values()) for (const entry of entries) addAttributes(into, entry);
}

export function raiseStep(attributes: Attributes, step: number): void {
  if (step <= attributes.step) return;
  const { slots } = attributes;
  attributes.step = Math.min(step, LAST_STEP);
  attributes.slots = new Map();
  for (const { entries } of slots.values()) for (const entry of entries) addAttributes(attributes, entry);
}

/** Raises the step of all of them together until they are within the cap. */
export function fitAttributes(
  all: readonly Attributes[],
  step: number,
  cap: number,
): { step: number; count: number } {
  let reached = step;
  for (;;) {
    let count = 0;
    for (const attributes of all) {
      raiseStep(attributes, reached);
      count += attributeCount(attributes);
    }
    if (count <= cap || reached >= LAST_STEP) return { step: reached, count };
    reached += 1;
  }
}

export function attributeCount({ slots }: Attributes): number {
  let count = 0;
  for (const { entries } of slots.values()) count += entries.length;
  return count;
}

export function attributesDocument(attributes: Attributes): AttributesDocument {
  settleAttributes(attributes);
  const { step, slots } = attributes;
  const inOrder = [...slots].toSorted(([a], [b]) => a - b);
  const entries = inOrder.flatMap(([, ranked]) => ranked.entries);
  return { step, entries: entries.map(({ rank, atMs, fields }) => ({ rank, atMs, fields })) };
}

export function attributesOf({ step, entries }: AttributesDocument): Attributes {
  const attributes = createAttributes(step);
  for (const entry of entries) addAttributes(attributes, entry);
  return attributes;
}
