import { ABSENT, type Rows } from './observations.ts';

/** `field = one of values`, by index; several of them hold together. */
export interface Term {
  field: number;
  values: readonly number[];
}
export type FieldSet = readonly Term[];

export interface Share {
  /** Weight of the rows inside, and of all that carry the set's fields. */
  inside: number;
  carrying: number;
  /** Kish's effective number of the carrying rows: unequal weights tell less than equal ones. */
  effective: number;
}

/** Whether a row is inside: null where it lacks a field of the set. */
export function isInside(set: FieldSet, rows: Rows, row: number, fieldCount: number): boolean | null {
  let inside = true;
  for (const { field, values } of set) {
    const code = rows.codes[row * fieldCount + field] ?? ABSENT;
    if (code === ABSENT) return null;
    if (!values.includes(code)) inside = false;
  }
  return inside;
}

/** `weights`: other ones than the rows' own, as after standardisation. */
export function shareOf(set: FieldSet, rows: Rows, fieldCount: number, weights = rows.weights): Share {
  let inside = 0;
  let carrying = 0;
  let squares = 0;
  for (let row = 0; row < rows.count; row += 1) {
    const isIn = isInside(set, rows, row, fieldCount);
    if (isIn === null) continue;
    const weight = weights[row] ?? 0;
    carrying += weight;
    squares += weight * weight;
    if (isIn) inside += weight;
  }
  return { inside, carrying, effective: squares === 0 ? 0 : (carrying * carrying) / squares };
}

/** Weight of each value of a field. */
export function weightsByValue(
  rows: Rows,
  field: number,
  fieldCount: number,
  weights = rows.weights,
): Map<number, number> {
  const found = new Map<number, number>();
  for (let row = 0; row < rows.count; row += 1) {
    const code = rows.codes[row * fieldCount + field] ?? ABSENT;
    if (code !== ABSENT) found.set(code, (found.get(code) ?? 0) + (weights[row] ?? 0));
  }
  return found;
}

/** The rows that `keep` says. */
export function filterRows(rows: Rows, fieldCount: number, keep: (row: number) => boolean): Rows {
  const kept = Array.from({ length: rows.count }, (_, row) => row).filter(keep);
  const codes = new Int32Array(kept.length * fieldCount);
  for (const [to, row] of kept.entries()) {
    codes.set(rows.codes.subarray(row * fieldCount, (row + 1) * fieldCount), to * fieldCount);
  }
  return { count: kept.length, weights: Float64Array.from(kept, (row) => rows.weights[row] ?? 0), codes };
}

export function effectiveRows({ weights }: Rows): number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const squares = weights.reduce((total, weight) => total + weight * weight, 0);
  return squares === 0 ? 0 : (sum * sum) / squares;
}
