/**
 * The valid name nearest to a mistyped one, or undefined when none is near enough to be meant.
 * A third of the name may be wrong, and always at least two letters (`statsu`, `tragets`).
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    // A name that would have to be rewritten altogether was not meant: `x` is not `id`.
    if (distance < bestDistance && distance < Math.max(wanted.length, candidate.length)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** ` Did you mean \`status\`?` with its leading space, or nothing; to append to a message. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? '' : ` Did you mean \`${nearest}\`?`;
}

/**
 * Damerau-Levenshtein distance in its unrestricted form: insertions, deletions, substitutions and
 * transpositions cost 1 each, and it is a metric (Lowrance and Wagner, 1975).
 */
export function editDistance(left: string, right: string): number {
  const a = Array.from(left);
  const b = Array.from(right);
  const width = b.length + 2;
  const infinity = a.length + b.length;
  const cells = new Int32Array((a.length + 2) * width);
  const at = (row: number, column: number): number => cells[row * width + column] ?? infinity;
  for (let row = 0; row <= a.length; row += 1) {
    cells[(row + 1) * width] = infinity;
    cells[(row + 1) * width + 1] = row;
  }
  for (let column = 0; column <= b.length; column += 1) {
    cells[column] = infinity;
    cells[width + column + 1] = column;
  }
  cells[b.length + 1] = infinity;
  /** The last row in which each letter of `a` was seen. */
  const lastRowOf = new Map<string, number>();
  for (let row = 1; row <= a.length; row += 1) {
    let lastMatch = 0;
    for (let column = 1; column <= b.length; column += 1) {
      const swapRow = lastRowOf.get(b[column - 1] ?? '') ?? 0;
      const swapColumn = lastMatch;
      const same = a[row - 1] === b[column - 1];
      if (same) lastMatch = column;
      cells[(row + 1) * width + column + 1] = Math.min(
        at(row, column) + (same ? 0 : 1),
        at(row + 1, column) + 1,
        at(row, column + 1) + 1,
        at(swapRow, swapColumn) + (row - swapRow - 1) + 1 + (column - swapColumn - 1),
      );
    }
    lastRowOf.set(a[row - 1] ?? '', row);
  }
  return at(a.length + 1, b.length + 1);
}
