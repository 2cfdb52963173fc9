import type { Observations } from './observations.ts';
import { createReference, PLACES, type Reference } from './reference.ts';
import { effectiveRows, type FieldSet, shareOf, type Term, weightsByValue } from './sets.ts';

export interface FoundSet {
  set: FieldSet;
  /** Of the increase of errors, the share inside: explanatory power. */
  explained: number;
  /** The share it would have by chance. */
  expected: number;
  /** ln likelihood ratio against chance, less what looking at so many sets costs. */
  net: number;
}

const MAX_DEPTH = 3;
const BEAM = 12;
/** Values of a field that are looked at, and values that one term may join. */
const VALUES_PER_FIELD = 8;
const MAX_JOINED = 4;
const MIN_VALUE_SHARE = 0.08;
/** A set that is no more frequent than this many times what was expected explains nothing, however sure that is. */
const MIN_LIFT = 1.8;
const MIN_EXPLAINED = 0.35;
/** Rows of samples are not quite independent: more of them do not make anything surer. */
const MAX_EVIDENCE_ROWS = 200;
const MIN_ROWS = 8;
const MIN_NET = 5;

export interface Search {
  /** Best first. */
  found: readonly FoundSet[];
  reference: Reference;
  /** Errors with fields are too few to compare. */
  tooFew: boolean;
}

/**
 * Sets of field values in which the errors concentrate. Each is scored as the likelihood ratio of "the errors choose this set" against "they fall as
 * expected", which is their number times the Kullback-Leibler divergence, and pays for each term and value as in a description length. So a
 * combination wins only where it says clearly more than its parts (Adtributor for single fields, beam search over them after iDice).
 */
export function searchSets(seen: Observations): Search {
  const reference = createReference(seen);
  const rows = effectiveRows(seen.errorsAfter);
  if (rows < MIN_ROWS) return { found: [], reference, tooFew: true };
  const terms = candidateTerms(seen, reference);
  const price = Math.log(Math.max(2, terms.length)) + 3;
  const judge = (set: FieldSet): FoundSet | null => judgeSet(set, { seen, reference, rows, price });
  let beam = keepBest(terms.map((term) => judge([term])));
  const all = [...beam];
  for (let depth = 2; depth <= MAX_DEPTH; depth += 1) {
    const longer = beam.flatMap(({ set }) =>
      terms
        .filter(({ field }) => set.every((term) => term.field < field))
        .map((term) => judge([...set, term])),
    );
    // Terms come in any order of fields: those before the first are joined from the other side.
    const other = beam.flatMap(({ set }) =>
      terms
        .filter(({ field }) => set.every((term) => term.field > field))
        .map((term) => judge([term, ...set])),
    );
    const between = depth < 3 ? [] : beam.flatMap(({ set }) => betweenTerms(set, terms).map(judge));
    beam = keepBest([...longer, ...other, ...between]);
    all.push(...beam);
  }
  const found = all
    .filter(
      ({ net, explained, expected }) =>
        net >= MIN_NET && explained >= MIN_EXPLAINED && explained >= MIN_LIFT * expected,
    )
    .toSorted((a, b) => b.net - a.net || a.set.length - b.set.length);
  return { found, reference, tooFew: false };
}

function betweenTerms(set: FieldSet, terms: readonly Term[]): FieldSet[] {
  const [first, last] = [set[0], set.at(-1)];
  if (first === undefined || last === undefined) return [];
  return terms
    .filter(({ field }) => field > first.field && field < last.field)
    .map((term) => [first, term, last]);
}

function keepBest(judged: readonly (FoundSet | null)[]): FoundSet[] {
  return judged
    .filter((one) => one !== null)
    .toSorted((a, b) => b.net - a.net)
    .slice(0, BEAM);
}

/** Each frequent value alone, and per field those together that are all more frequent than expected. */
function candidateTerms(seen: Observations, reference: Reference): Term[] {
  const fieldCount = seen.fields.length;
  const total = seen.errorsAfter.weights.reduce((sum, weight) => sum + weight, 0);
  return seen.fields.flatMap((name, field): Term[] => {
    const frequent = [...weightsByValue(seen.errorsAfter, field, fieldCount)]
      .filter(([, weight]) => weight >= MIN_VALUE_SHARE * total)
      .toSorted((a, b) => b[1] - a[1])
      .slice(0, VALUES_PER_FIELD);
    const lifted = frequent
      .filter(([value, weight]) => {
        const expected = reference.expectedShare([{ field, values: [value] }]);
        return expected !== null && weight / total >= MIN_LIFT * expected;
      })
      .map(([value]) => value);
    const joined =
      lifted.length < 2 || PLACES.has(name)
        ? []
        : lifted
            .slice(0, MAX_JOINED)
            .map((_, last) => lifted.slice(0, last + 1))
            .slice(1);
    return [...frequent.map(([value]) => [value]), ...joined]
      .map((values) => ({ field, values }))
      .filter((term) => !reference.isEverywhere(term));
  });
}

interface Judging {
  seen: Observations;
  reference: Reference;
  rows: number;
  price: number;
}

function judgeSet(set: FieldSet, { seen, reference, rows, price }: Judging): FoundSet | null {
  const explained = explanatoryPower(set, seen);
  if (explained < MIN_VALUE_SHARE) return null;
  const expected = reference.expectedShare(set);
  if (expected === null) return null;
  const values = set.reduce((sum, term) => sum + term.values.length, 0);
  const evidence = Math.min(rows, MAX_EVIDENCE_ROWS) * divergence(explained, Math.min(0.999, expected));
  return { set, explained, expected, net: evidence - price * values };
}

/** The set's part in the increase: what came after, less what as many minutes brought before. Records without the fields count as outside. */
function explanatoryPower(set: FieldSet, seen: Observations): number {
  const fieldCount = seen.fields.length;
  const scale = seen.minutesAfter / seen.minutesBefore;
  const sum = (weights: Float64Array): number => weights.reduce((total, weight) => total + weight, 0);
  const after = sum(seen.errorsAfter.weights);
  const usual = scale * sum(seen.errorsBefore.weights);
  const inside = shareOf(set, seen.errorsAfter, fieldCount).inside;
  const usualInside = scale * shareOf(set, seen.errorsBefore, fieldCount).inside;
  const increase = after - usual;
  if (increase < 0.2 * after) return after === 0 ? 0 : inside / after;
  return Math.min(1, Math.max(0, inside - usualInside) / increase);
}

/** Kullback-Leibler divergence of two shares, in nats; 0 where the first is not the larger one. */
function divergence(share: number, expected: number): number {
  if (share <= expected) return 0;
  const outside = share >= 1 ? 0 : (1 - share) * Math.log((1 - share) / (1 - expected));
  return share * Math.log(share / expected) + outside;
}
