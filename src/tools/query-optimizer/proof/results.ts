import { createHash } from 'node:crypto';
import type { ResultOrder } from './result-order.ts';

/** Digests of one result. Two results of one query are the same when these are, as far as the query decides. */
export interface ResultDigest {
  count: number;
  /** Of all rows, whatever their order. */
  rows: string;
  /** Of the sequence of the columns that ORDER BY decides. */
  sequence: string;
}

type Row = Readonly<Record<string, unknown>>;

export function digestOf(rows: readonly Row[], { keys }: Pick<ResultOrder, 'keys'>): ResultDigest {
  return {
    count: rows.length,
    rows: hash(rows.map((row) => hash([canonical(row)])).sort()),
    sequence: hash(rows.map((row) => canonical(keys.map((key) => row[key])))),
  };
}

/** null: the query leaves its values open, and they differ. */
export function sameResult(before: ResultDigest, after: ResultDigest, order: ResultOrder): boolean | null {
  if (before.count !== after.count || before.sequence !== after.sequence)
    return order.openValues ? null : false;
  if (before.rows === after.rows) return true;
  if (order.openValues) return null;
  return order.openRows;
}

/** One line for a report. */
export function checksumOf({ rows }: ResultDigest): string {
  return rows.slice(0, 16);
}

/** Sums of floats depend on the order in which a plan adds them up: compared to 12 digits. */
const FLOAT_DIGITS = 12;

export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'number' && !Number.isInteger(inner)) return inner.toPrecision(FLOAT_DIGITS);
    if (typeof inner === 'bigint') return String(inner);
    return inner;
  });
}

function hash(parts: readonly string[]): string {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part).update('\0');
  return digest.digest('hex');
}
