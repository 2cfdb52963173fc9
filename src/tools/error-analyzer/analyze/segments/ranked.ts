/** The entries of the smallest ranks, ascending; a rank stands for one record, so the same one twice is one. */
export interface Ranked<T> {
  limit: number;
  entries: T[];
}

export function createRanked<T>(limit: number): Ranked<T> {
  return { limit, entries: [] };
}

/** Hot. Whether an entry of this rank would be kept: what is dear to make is made only then. */
export function wouldKeep<T extends { rank: number }>({ entries, limit }: Ranked<T>, rank: number): boolean {
  return entries.length < limit || rank < (entries[entries.length - 1]?.rank ?? Number.NEGATIVE_INFINITY);
}

/** Ranks from here on are not kept, now and later: room only becomes scarcer. */
export function rankLimit<T extends { rank: number }>({ entries, limit }: Ranked<T>): number {
  return entries.length < limit ? Number.POSITIVE_INFINITY : (entries[limit - 1]?.rank ?? 0);
}

export function addRanked<T extends { rank: number }>(ranked: Ranked<T>, entry: T): void {
  if (!wouldKeep(ranked, entry.rank)) return;
  const { entries } = ranked;
  let at = 0;
  for (let to = entries.length; at < to;) {
    const middle = (at + to) >>> 1;
    if ((entries[middle]?.rank ?? 0) <= entry.rank) at = middle + 1;
    else to = middle;
  }
  if (entries[at - 1]?.rank === entry.rank) return;
  entries.splice(at, 0, entry);
  if (entries.length > ranked.limit) entries.pop();
}
