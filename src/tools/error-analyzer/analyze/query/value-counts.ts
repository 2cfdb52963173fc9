const MAX_VALUES = 10_000;

/** How often each value was seen; those that come when there are too many different ones are counted together. */
export interface ValueCounts {
  /** Null: the record has none. */
  add(value: string | null): void;
  /** Most frequent first. */
  values(): { value: string; count: number }[];
  /** Records with a value past the cap, and without any. */
  readonly others: number;
  readonly without: number;
}

export function createValueCounts(): ValueCounts {
  const counts = new Map<string, number>();
  let others = 0;
  let without = 0;
  return {
    add(value) {
      if (value === null) without += 1;
      else {
        const count = counts.get(value);
        if (count === undefined && counts.size >= MAX_VALUES) others += 1;
        else counts.set(value, (count ?? 0) + 1);
      }
    },
    values: () =>
      [...counts]
        .toSorted(([one, a], [other, b]) => b - a || (one < other ? -1 : 1))
        .map(([value, count]) => ({ value, count })),
    get others() {
      return others;
    },
    get without() {
      return without;
    },
  };
}
