import { quoteUnlessPlain } from '../../../../core/text.ts';
import { counted } from '../../../../core/counted.ts';
import type { AttributeSample, ErrorGroup, GroupHistory, MinuteCounts } from '../model.ts';
import { type ReleaseOrder, releaseAt } from './releases.ts';
import { sightingsAfter, type Sighting } from './sightings.ts';
import { RESOLVE_GRACE_MS } from './thresholds.ts';
import type { Detection, DetectInput } from './types.ts';
import { countBetween, MINUTE_MS, minuteOf } from '../minutes.ts';

/** What a record after the resolution says about the fix. */
type Verdict = Detection['confidence'] | 'old-build';

export interface RegressionContext {
  releases: DetectInput['releases'];
  order: ReleaseOrder;
  attributes: readonly AttributeSample[];
}

/**
 * A resolved error with records after its resolution. On the release that it was resolved in, or on a newer one, the fix does not
 * hold; on an older build it never arrived, which is no regression; where no release is known it is only possible.
 * 'silent': all there is comes from builds without the fix, or from the minutes in which it was resolved.
 */
export function findRegression(
  group: ErrorGroup,
  known: GroupHistory,
  context: RegressionContext,
): Detection | 'silent' {
  const resolvedMs = known.stateAtMs ?? known.lastSeenMs;
  if (group.lastMs <= resolvedMs) return 'silent';
  const sightings = sightingsAfter(group, context.attributes, resolvedMs);
  const judged = sightings.map((sighting) => ({
    sighting,
    verdict: verdictOf(sighting, known, resolvedMs, context),
  }));
  for (const confidence of ['proven', 'likely'] as const) {
    const first = judged.find(({ verdict }) => verdict === confidence)?.sighting;
    if (first !== undefined) return regression(group, known, { ...first, confidence, resolvedMs });
  }
  if (judged.length > 0 && judged.every(({ verdict }) => verdict === 'old-build')) return 'silent';
  const possible = judged.find(
    ({ verdict, sighting }) => verdict === 'possible' && sighting.atMs > resolvedMs + RESOLVE_GRACE_MS,
  )?.sighting;
  if (possible !== undefined)
    return regression(group, known, { ...possible, confidence: 'possible', resolvedMs });
  // No kept record is from after the resolution; the counts are.
  if (judged.length > 0 || group.lastMs <= resolvedMs + RESOLVE_GRACE_MS) return 'silent';
  if (onlyOldBuilds(group, known, resolvedMs, context)) return 'silent';
  const atMs = firstMinuteAfter(group.minutes, resolvedMs + RESOLVE_GRACE_MS) ?? group.lastMs;
  return regression(group, known, { atMs, release: null, confidence: 'possible', resolvedMs });
}

function verdictOf(
  { release }: Sighting,
  { resolvedIn }: GroupHistory,
  resolvedMs: number,
  { order, releases }: RegressionContext,
): Verdict {
  // Without a release of the fix, what ran when it was resolved may have it or not; only what came later must.
  const reference = resolvedIn ?? releaseAt(releases, resolvedMs);
  if (release === null || reference === null) return 'possible';
  const difference = order(release, reference);
  if (difference === null) return 'possible';
  if (difference < 0) return 'old-build';
  if (resolvedIn !== null) return 'proven';
  return difference > 0 ? 'likely' : 'possible';
}

function onlyOldBuilds(
  { releases }: ErrorGroup,
  known: GroupHistory,
  resolvedMs: number,
  context: RegressionContext,
): boolean {
  return (
    releases.length > 0 &&
    releases.every((release) => verdictOf({ atMs: 0, release }, known, resolvedMs, context) === 'old-build')
  );
}

function regression(
  group: ErrorGroup,
  { resolvedIn }: GroupHistory,
  {
    atMs,
    release,
    confidence,
    resolvedMs,
  }: Sighting & { confidence: Detection['confidence']; resolvedMs: number },
): Detection {
  const count = Math.max(1, countBetween(group.minutes, minuteOf(atMs), Number.POSITIVE_INFINITY));
  const fix = `resolved ${resolvedIn === null ? '' : `in ${resolvedIn} `}at ${new Date(resolvedMs).toISOString()}`;
  const where = release === null ? ', on an unknown release' : `, on ${quoteUnlessPlain(release, 60)}`;
  return {
    kind: 'regressed',
    group: group.id,
    sinceMs: atMs,
    untilMs: Math.max(atMs, group.lastMs),
    count,
    expected: 0,
    pValue: null,
    confidence,
    because: `${fix}, and seen ${counted(count, 'time')} since ${new Date(atMs).toISOString()}${where}`,
  };
}

function firstMinuteAfter(minutes: MinuteCounts, afterMs: number): number | null {
  const found = minutes.find(([minute]) => minute * MINUTE_MS >= afterMs);
  return found === undefined ? null : found[0] * MINUTE_MS;
}
