/** How well keys agree with the true bugs, over all pairs of events. */
export interface GroupingScore {
  precision: number;
  recall: number;
  f1: number;
  /** Mean number of keys over which one bug is spread. */
  keysPerBug: number;
  /** Share of bugs that share a key with another one. */
  mergedBugs: number;
}

export function scoreKeys(events: readonly { bug: string; key: string }[]): GroupingScore {
  const keysOf = new Map<string, Map<string, number>>();
  const bugsOf = new Map<string, Map<string, number>>();
  for (const { bug, key } of events) {
    count(keysOf, bug, key);
    count(bugsOf, key, bug);
  }
  let both = 0;
  for (const keys of keysOf.values()) for (const size of keys.values()) both += pairs(size);
  const sameBug = pairsOf(keysOf);
  const sameKey = pairsOf(bugsOf);
  const [precision, recall] = [both / sameKey, both / sameBug];
  const merged = [...keysOf.values()].filter((keys) =>
    [...keys.keys()].some((key) => bugsOf.get(key)!.size > 1),
  ).length;
  const spread = [...keysOf.values()].reduce((sum, keys) => sum + keys.size, 0);
  return {
    precision,
    recall,
    f1: (2 * precision * recall) / (precision + recall),
    keysPerBug: spread / keysOf.size,
    mergedBugs: merged / keysOf.size,
  };
}

function count(table: Map<string, Map<string, number>>, outer: string, inner: string): void {
  let counts = table.get(outer);
  if (counts === undefined) table.set(outer, (counts = new Map()));
  counts.set(inner, (counts.get(inner) ?? 0) + 1);
}

function pairsOf(table: ReadonlyMap<string, ReadonlyMap<string, number>>): number {
  let sum = 0;
  for (const counts of table.values())
    sum += pairs([...counts.values()].reduce((all, size) => all + size, 0));
  return sum;
}

function pairs(count: number): number {
  return (count * (count - 1)) / 2;
}
