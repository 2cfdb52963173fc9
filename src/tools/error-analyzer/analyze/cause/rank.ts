import { type Draft, part, scoreOf, toCandidate } from './draft.ts';
import type { CauseCandidate } from './types.ts';

/** Below this nothing is said to be supported: time alone reaches it only for a change just before, on a quiet day. */
export const SUPPORTED = 0.45;
const MAX_CANDIDATES = 5;
/** For each other source that speaks of the same thing. */
const CORROBORATED = 0.08;
const MAX_CORROBORATED = 0.16;

const NEAR_MISS = 0.25;
const MAX_NEAR_MISSES = 2;

/** What comes near and is not enough, for whoever looks further. */
export function nearMisses(drafts: readonly Draft[]): string[] {
  return drafts
    .filter((draft) => scoreOf(draft) >= NEAR_MISS && scoreOf(draft) < SUPPORTED)
    .toSorted((a, b) => scoreOf(b) - scoreOf(a))
    .slice(0, MAX_NEAR_MISSES)
    .map(
      (draft) => `Not enough to be called a cause: ${draft.title} (${scoreOf(draft)}). ${draft.counterCheck}`,
    );
}

/** Joins what is about the same thing, drops what is not supported, and puts the best first. */
export function rankCandidates(drafts: readonly Draft[]): CauseCandidate[] {
  const byScore = drafts.toSorted((a, b) => scoreOf(b) - scoreOf(a));
  const kept: Draft[][] = [];
  for (const draft of byScore) {
    const same = kept.find(([best]) => best?.about.some((thing) => draft.about.includes(thing)));
    if (same === undefined) kept.push([draft]);
    else same.push(draft);
  }
  return kept
    .map(joined)
    .flatMap((draft) => draft ?? [])
    .map(toCandidate)
    .filter(({ score }) => score >= SUPPORTED)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, MAX_CANDIDATES);
}

/** The best of those about one thing leads, unless one is the deploy itself: that a release fails and that it was deployed are one story. */
function joined(drafts: readonly Draft[]): Draft | null {
  const [best] = drafts;
  if (best === undefined) return null;
  const deploy = drafts.find((draft) => draft.kind === 'deploy' && scoreOf(draft) >= SUPPORTED);
  const lead = deploy ?? best;
  return corroborate(
    lead,
    drafts.filter((draft) => draft !== lead),
  );
}

function corroborate(best: Draft, others: readonly Draft[]): Draft {
  const speaking = others.filter((draft) => scoreOf(draft) > 0);
  const kinds = new Set(speaking.map(({ kind }) => kind).filter((kind) => kind !== best.kind));
  if (kinds.size === 0) return best;
  const narrowed = speaking.find(({ narrowedTo }) => typeof narrowedTo === 'string')?.narrowedTo;
  return {
    ...best,
    title: best.kind === 'deploy' && typeof narrowed === 'string' ? `${best.title}, ${narrowed}` : best.title,
    parts: [
      ...best.parts,
      part('others say the same', Math.min(MAX_CORROBORATED, kinds.size * CORROBORATED)),
    ],
    evidence: [...best.evidence, ...speaking.slice(0, 3).map(({ kind, title }) => `${kind}: ${title}`)],
  };
}
