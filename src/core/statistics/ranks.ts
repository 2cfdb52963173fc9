export interface Ranks {
  /** 1-based; equal values share the mean of their ranks. */
  ranks: Float64Array;
  /** Sum of t³ - t over groups of t equal values. */
  tieTerm: number;
}

export function rankWithTies(values: ArrayLike<number>): Ranks {
  const order = Array.from({ length: values.length }, (_, index) => index).sort(
    (a, b) => (values[a] as number) - (values[b] as number),
  );
  const ranks = new Float64Array(values.length);
  let tieTerm = 0;
  for (let start = 0; start < order.length;) {
    const value = values[order[start] as number];
    let end = start + 1;
    while (end < order.length && values[order[end] as number] === value) end += 1;
    const ties = end - start;
    tieTerm += ties ** 3 - ties;
    for (let at = start; at < end; at += 1) ranks[order[at] as number] = (start + 1 + end) / 2;
    start = end;
  }
  return { ranks, tieTerm };
}
