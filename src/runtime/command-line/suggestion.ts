import { nearestName } from '../../core/suggest.ts';

/** `Did you mean x?`, or the whole choice when nothing is near and it is short. */
export function suggestion(word: string, candidates: readonly string[]): string | undefined {
  const meant = nearestName(word, candidates) ?? completed(word, candidates);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  return candidates.length > 0 && candidates.length <= 12
    ? `Choose from ${candidates.join(', ')}.`
    : undefined;
}

/** People also stop typing too early: `perf` for `performance-report`. */
function completed(word: string, candidates: readonly string[]): string | undefined {
  const longer = candidates.filter((candidate) => word.length >= 3 && candidate.startsWith(word));
  return longer.length === 1 ? longer[0] : undefined;
}
