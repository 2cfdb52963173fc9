import type { Observations, Rows } from './observations.ts';
import { effectiveRows, type FieldSet, type Share, shareOf, weightsByValue } from './sets.ts';

/**
 * What share of the errors a set would have if nothing but chance chose them. Two sources: the traffic around (what runs where), and the own past of
 * the same errors (what they always looked like), which weighs more the more of it there is.
 */
export interface Reference {
  /** Null where it cannot be said: nothing carries the fields. */
  expectedShare(set: FieldSet): number | null;
  /** Whether the errors had a past of their own. */
  hasPast: boolean;
  /** Traffic was weighted so that it goes to the same places in the code as the errors. */
  standardisedBy: readonly string[];
}

/** Fields that say where in the code a record comes from: a new error is always somewhere, so that this alone explains nothing. */
export const PLACES: ReadonlySet<string> = new Set([
  ...[
    'endpoint',
    'route',
    'path',
    'url',
    'method',
    'operation',
    'handler',
    'action',
    'controller',
    'job',
    'task',
    'queue',
    'topic',
  ],
  ...[
    'service',
    'component',
    'program',
    'logger',
    'module',
    'class',
    'function',
    'file',
    'caller',
    'source',
    'stream',
  ],
  ...['level', 'status', 'code', 'errno', 'error', 'type', 'exception', 'sqlstate'],
]);
/** Places that traffic has, too, and by which it can be made comparable. */
const COMPARABLE_PLACES: readonly string[] = ['endpoint', 'service'];
const ENOUGH_ROWS = 20;
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
  const sources = [seen.trafficBefore, seen.trafficAfter].map((rows) => ({
    rows,
    weights: standardised.of(rows),
  }));

  const trafficShare = (set: FieldSet): { share: number; moved: boolean } | null => {
    const [before, after] = sources.map(({ rows, weights }) => smoothed(set, rows, weights));
    // A value that nobody had before, and no traffic after to compare with: everything may have it by now.
    if (after === null && (before ?? 0) < 1 / ENOUGH_ROWS) return null;
    const known = [before, after].filter((share) => typeof share === 'number');
    if (known.length === 0) return null;
    const moved = typeof after === 'number' && typeof before === 'number' && after > 2 * before + 0.05;
    // The larger one: failing requests are missing from the traffic after, new releases from that before.
    return { share: Math.max(...known), moved };
  };
  const smoothed = (set: FieldSet, rows: Rows, weights: Float64Array): number | null => {
    const joint = shareOf(set, rows, fieldCount, weights);
    if (joint.effective < ENOUGH_ROWS) return null;
    if (set.length === 1) return withPrior(joint, 0.5, 1);
    const independent = set.reduce(
      (product, term) => product * withPrior(shareOf([term], rows, fieldCount, weights), 0.5, 1),
      1,
    );
    return withPrior(joint, INDEPENDENCE_WEIGHT * independent, INDEPENDENCE_WEIGHT);
  };
  return {
    hasPast,
    standardisedBy: standardised.by,
    expectedShare(set) {
      const own = shareOf(set, seen.errorsBefore, fieldCount);
      const isPlace = set.some(({ field }) => places.has(field));
      if (isPlace) return own.effective < ENOUGH_ROWS ? null : withPrior(own, 0.5, 1);
      const traffic = trafficShare(set);
      if (traffic === null) return own.effective < ENOUGH_ROWS ? null : withPrior(own, 0.5, 1);
      // Traffic that moved there, as in a rollout, moves the errors along; their past says nothing about that.
      if (traffic.moved) return traffic.share;
      return withPrior(own, PAST_WEIGHT * traffic.share, PAST_WEIGHT);
    },
  };
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
