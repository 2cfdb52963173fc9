import type { Observations, Rows } from './observations.ts';
import { effectiveRows, type FieldSet, type Share, shareOf, type Term, weightsByValue } from './sets.ts';

/**
 * What share of the errors a set would have if nothing but chance chose them. Two sources: the traffic around (what runs where), and the own past of
 * the same errors (what they always looked like), which weighs more the more of it there is.
 */
export interface Reference {
  /** Null where it cannot be said: nothing carries the fields. */
  expectedShare(set: FieldSet): number | null;
  /** Whether all traffic has it, so that nothing can be told by it. */
  isEverywhere(term: Term): boolean;
  /** Whether the errors had a past of their own. */
  hasPast: boolean;
  /** Traffic was weighted so that it goes to the same places in the code as the errors. */
  standardisedBy: readonly string[];
}

/** Fields that say where in the code a record comes from: a new error is always somewhere, so that this alone explains nothing. */
export const PLACES: ReadonlySet<string> = new Set(
  (
    'endpoint route path url method operation handler action controller job task queue topic ' +
    'service component program logger module class function file caller source stream ' +
    'level status code errno error type exception sqlstate'
  ).split(' '),
);
/** Places that traffic has, too, and by which it can be made comparable. */
const COMPARABLE_PLACES: readonly string[] = ['endpoint', 'service'];
const ENOUGH_ROWS = 20;
const EVERYWHERE = 0.9;
/** Rows of the past that weigh as much as what traffic says. */
const PAST_WEIGHT = 20;
/** Rows that two fields' independence counts as much as, for pairs too rare to be seen in a sample. */
const INDEPENDENCE_WEIGHT = 5;

export function createReference(seen: Observations): Reference {
  const fieldCount = seen.fields.length;
  const past = effectiveRows(seen.errorsBefore);
  const hasPast = past >= ENOUGH_ROWS;
  const standardised = hasPast ? { by: [], of: (rows: Rows) => rows.weights } : standardise(seen);
  const places = new Set(seen.fields.flatMap((name, field) => (PLACES.has(name) ? [field] : [])));

  const before: Source = { rows: seen.trafficBefore, weights: standardised.of(seen.trafficBefore) };
  const after: Source = { rows: seen.trafficAfter, weights: standardised.of(seen.trafficAfter) };
  const share = (set: FieldSet, source: Source): Share =>
    shareOf(set, source.rows, fieldCount, source.weights);
  const singles = new Map<Term, SingleShares>();
  // Where nearly every request at the failing place fails, all other traffic still says which values there are now.
  const single = (term: Term): SingleShares => {
    const known = singles.get(term) ?? {
      before: shareIfKnown(share([term], before)),
      after:
        shareIfKnown(share([term], after)) ?? shareIfKnown(shareOf([term], seen.trafficAfter, fieldCount)),
    };
    singles.set(term, known);
    return known;
  };
  /** Joint share; for what is too rare to be seen in a sample, what independence would give. */
  const joint = (set: FieldSet, source: Source, side: 'before' | 'after'): number | null => {
    const [only] = set;
    if (only === undefined) return 1;
    if (set.length === 1) return single(only)[side];
    const parts = set.map((term) => single(term)[side]);
    if (parts.includes(null)) return null;
    const independent = parts.reduce<number>((product, one) => product * (one ?? 0), 1);
    const seenTogether = share(set, source);
    return seenTogether.effective < ENOUGH_ROWS
      ? null
      : withPrior(seenTogether, INDEPENDENCE_WEIGHT * independent, INDEPENDENCE_WEIGHT);
  };
  const steadyShare = (set: FieldSet): number | null => {
    const known = [joint(set, before, 'before'), joint(set, after, 'after')].filter((one) => one !== null);
    // The larger one: requests that fail are missing from the traffic after.
    return known.length === 0 ? null : Math.max(...known);
  };
  /** Of the set, the part that has these values now. */
  const nowAmong = (moved: FieldSet, steady: FieldSet): number => {
    const all = share([...steady, ...moved], after);
    const base = steady.length === 0 ? all.carrying : share(steady, after).inside;
    const alone = moved.reduce((product, term) => product * (single(term).after ?? 1), 1);
    const rows = base === 0 ? 0 : all.effective * (base / Math.max(all.carrying, 1e-9));
    const part = base === 0 ? 0 : Math.min(1, all.inside / base);
    return (part * rows + INDEPENDENCE_WEIGHT * alone) / (rows + INDEPENDENCE_WEIGHT);
  };
  const trafficShare = (set: FieldSet): number | null => {
    // A value that nobody had before, and no traffic after to compare with: everything may have it by now.
    if (set.some((term) => single(term).after === null && (single(term).before ?? 0) < 1 / ENOUGH_ROWS))
      return null;
    const moved = set.filter((term) => isMoved(single(term)));
    const steady = set.filter((term) => !moved.includes(term));
    const base = steadyShare(steady);
    return base === null ? null : base * (moved.length === 0 ? 1 : nowAmong(moved, steady));
  };
  return {
    hasPast,
    standardisedBy: standardised.by,
    isEverywhere: (term) => (single(term).after ?? single(term).before ?? 0) >= EVERYWHERE,
    expectedShare(set) {
      const own = shareOf(set, seen.errorsBefore, fieldCount);
      const ownShare = own.effective < ENOUGH_ROWS ? null : withPrior(own, 0.5, 1);
      if (set.some(({ field }) => places.has(field))) return ownShare;
      const traffic = trafficShare(set);
      if (traffic === null) return ownShare;
      // Traffic that moved there, as in a rollout, moves the errors along; their past says nothing about that.
      if (set.some((term) => isMoved(single(term)))) return traffic;
      return withPrior(own, PAST_WEIGHT * traffic, PAST_WEIGHT);
    },
  };
}

interface Source {
  rows: Rows;
  weights: Float64Array;
}

interface SingleShares {
  before: number | null;
  after: number | null;
}

function shareIfKnown(share: Share): number | null {
  return share.effective < ENOUGH_ROWS ? null : withPrior(share, 0.5, 1);
}

/** Only a rise: a share that falls may be requests that now fail. */
function isMoved({ before, after }: SingleShares): boolean {
  if (before === null || after === null) return false;
  return after > 2 * before + 0.05;
}

function withPrior({ inside, carrying, effective }: Share, hits: number, rows: number): number {
  const share = carrying === 0 ? 0 : inside / carrying;
  return (share * effective + hits) / (effective + rows);
}

/**
 * Direct standardisation: traffic weighted to the mix of endpoints and services that the errors have. Without it, whoever uses the failing endpoint
 * most looks guilty of its failing.
 */
function standardise(seen: Observations): { by: string[]; of: (rows: Rows) => Float64Array } {
  const fieldCount = seen.fields.length;
  const by: { name: string; field: number }[] = COMPARABLE_PLACES.flatMap((name) => {
    const field = seen.fields.indexOf(name);
    return field === -1 ? [] : [{ name, field }];
  });
  const weigh = (rows: Rows, fields: readonly number[]): Float64Array => {
    const weights = rows.weights.slice();
    for (const field of fields) {
      const wanted = weightsByValue(seen.errorsAfter, field, fieldCount);
      const has = weightsByValue(rows, field, fieldCount);
      for (let row = 0; row < rows.count; row += 1) {
        const code = rows.codes[row * fieldCount + field] ?? -1;
        weights[row] = ((weights[row] ?? 0) * (wanted.get(code) ?? 0)) / (has.get(code) ?? 1);
      }
    }
    return weights;
  };
  const used: { name: string; field: number }[] = [];
  for (const place of by) {
    const fields = [...used, place].map(({ field }) => field);
    const enough = [seen.trafficBefore, seen.trafficAfter].some(
      (rows) => effectiveRows({ ...rows, weights: weigh(rows, fields) }) >= ENOUGH_ROWS,
    );
    if (enough) used.push(place);
  }
  return {
    by: used.map(({ name }) => name),
    of: (rows) =>
      weigh(
        rows,
        used.map(({ field }) => field),
      ),
  };
}
