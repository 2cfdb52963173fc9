import { median } from '../../../core/statistics/summary.ts';
import { type EndpointFigures, sliceFigures } from './figures.ts';
import type { LoadLevel } from './situation.ts';

/** With many users it takes this many times as long as alone, */
const GROWS = 2;
/** and what it takes more is so many times what the others do: those pay for the processor that all of them share. */
const BEYOND_OTHERS = 5;
const MIN_ALONE = 5;
const MIN_CROWDED = 10;

/**
 * The endpoint at which users pile up while the others are answered nearly as before: it may wait for something that only it uses. A mix
 * hides that, because the others use up the processor meanwhile; load on this one alone tells.
 */
export function crowdedEndpoint(levels: readonly LoadLevel[]): string | null {
  const [calm] = levels;
  const last = levels.at(-1);
  if (calm?.users !== 1 || last === undefined || last === calm) return null;
  const alone = new Map(sliceFigures(calm.whole).endpoints.map((figures) => [figures.name, figures]));
  const grown = sliceFigures(last.whole)
    .endpoints.flatMap((crowded) => extraOf(alone.get(crowded.name), crowded) ?? [])
    .toSorted((a, b) => b.extraMs - a.extraMs);
  const [most, ...others] = grown;
  const usual = median(others.map(({ extraMs }) => extraMs));
  if (most === undefined || usual === null) return null;
  const piles = most.factor >= GROWS && most.extraMs >= BEYOND_OTHERS * Math.max(0, usual);
  return piles ? most.name : null;
}

function extraOf(
  alone: EndpointFigures | undefined,
  crowded: EndpointFigures,
): { name: string; extraMs: number; factor: number } | null {
  const [before, after] = [alone?.service.mean ?? null, crowded.service.mean];
  if (before === null || after === null || !(before > 0)) return null;
  if ((alone?.ended ?? 0) < MIN_ALONE || crowded.ended < MIN_CROWDED) return null;
  return { name: crowded.name, extraMs: after - before, factor: after / before };
}
