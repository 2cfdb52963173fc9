import { draw32 } from '../../../core/load/draw.ts';
import { permuted } from '../../../core/load/permutation.ts';
import type { Feeder } from '../../../core/load/plan.ts';
import type { SessionState } from './types.ts';

/** Values of a feeder, of the row that is the session's. */
export interface FeederReader {
  /** Decoded when it is asked for: most sessions use few of the fields. */
  value(session: Pick<SessionState, 'number' | 'iteration'>, field: number): string;
}

const FEEDER_PURPOSE = 64;

/**
 * Which row is a session's follows from its number, so that workers share one sequence without a word between them. `users` is the
 * greatest number of users of a closed model, 0 for an open one: the rounds of all users are then rows in turn, too.
 */
export function readFeeder(
  feeder: Feeder,
  options: { index: number; seed: number; users: number },
): FeederReader {
  const bytes = Buffer.from(feeder.bytes);
  const ends = new Uint32Array(feeder.ends);
  const columns = feeder.fields.length;
  const rowOf = rowsInOrder(feeder, options);
  return {
    value(session, field) {
      const cell = rowOf(session.iteration * options.users + session.number) * columns + field;
      return bytes.toString('utf8', cell === 0 ? 0 : ends[cell - 1]!, ends[cell]);
    },
  };
}

/** Row of the n-th session or round. */
function rowsInOrder(
  { rows, order }: Feeder,
  { index, seed }: { index: number; seed: number },
): (ordinal: number) => number {
  const purpose = FEEDER_PURPOSE + index;
  switch (order) {
    case 'sequential':
      return (ordinal) => ordinal % rows;
    case 'shuffled':
      // Each time through the rows is another shuffle.
      return (ordinal) => permuted(ordinal % rows, rows, draw32(seed, Math.floor(ordinal / rows), purpose));
    case 'random':
    default:
      return (ordinal) => Math.floor((draw32(seed, ordinal, purpose) / 2 ** 32) * rows);
  }
}

/** First row whose value of this field could end a header line, or null. */
export function rowWithControls(
  feeder: Feeder,
  field: number,
  isUnsafe: (value: string) => boolean,
): number | null {
  const bytes = Buffer.from(feeder.bytes);
  if (!holdsControls(bytes)) return null;
  const ends = new Uint32Array(feeder.ends);
  for (let row = 0; row < feeder.rows; row += 1) {
    const cell = row * feeder.fields.length + field;
    if (isUnsafe(bytes.toString('utf8', cell === 0 ? 0 : ends[cell - 1]!, ends[cell]))) return row;
  }
  return null;
}

/** One pass over all bytes, a nanosecond each, tells nearly every feeder from one that has to be looked at value by value. */
function holdsControls(bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index]!;
    if (byte < 0x20 || byte === 0x7f) return true;
  }
  return false;
}
