import { hashText } from './hash.ts';
import { LIMIT } from './limits.ts';
import type { DistinctDocument } from './types.ts';

/**
 * Number of distinct values: the set of their hashes while they are few, then a HyperLogLog (Flajolet et al. 2007) of 1,024 registers, 3.3 % standard
 * error. Which of both it is depends on the number of values only, and the registers are those that the set would have given, so merging is exact.
 */
export interface Distinct {
  few: Set<number> | null;
  registers: Uint8Array | null;
}

const BITS = 10;
const REGISTERS = 1 << BITS;

export function createDistinct(): Distinct {
  return { few: new Set(), registers: null };
}

export function addDistinct(distinct: Distinct, value: string): void {
  addHash(distinct, hashText(value, 0x5bd1e995));
}

function addHash(distinct: Distinct, hash: number): void {
  if (distinct.few === null) return register(distinct, hash);
  distinct.few.add(hash);
  if (distinct.few.size > LIMIT.exactDistinct) sketch(distinct);
  return undefined;
}

function sketch(distinct: Distinct): void {
  const few = distinct.few ?? [];
  distinct.few = null;
  distinct.registers = new Uint8Array(REGISTERS);
  for (const hash of few) register(distinct, hash);
}

function register({ registers }: Distinct, hash: number): void {
  if (registers === null) return;
  const index = hash >>> (32 - BITS);
  const rank = Math.min(Math.clz32(hash << BITS) + 1, 32 - BITS + 1);
  if (rank > (registers[index] ?? 0)) registers[index] = rank;
}

export function mergeDistinct(into: Distinct, from: Distinct): void {
  if (from.few !== null) {
    for (const hash of from.few) addHash(into, hash);
    return;
  }
  if (into.few !== null) sketch(into);
  const { registers } = into;
  if (registers === null) return;
  for (const [index, rank] of (from.registers ?? []).entries()) {
    if (rank > (registers[index] ?? 0)) registers[index] = rank;
  }
}

export function distinctCount({ few, registers }: Distinct): number {
  if (few !== null || registers === null) return few?.size ?? 0;
  let sum = 0;
  let zeros = 0;
  for (const rank of registers) {
    sum += 2 ** -rank;
    if (rank === 0) zeros += 1;
  }
  const alpha = 0.7213 / (1 + 1.079 / REGISTERS);
  const raw = (alpha * REGISTERS * REGISTERS) / sum;
  if (raw <= 2.5 * REGISTERS && zeros > 0) return Math.round(REGISTERS * Math.log(REGISTERS / zeros));
  // Hashes have 32 bits: as values near their number, more and more of them fall together.
  const space = 2 ** 32;
  return Math.round(raw <= space / 30 ? raw : -space * Math.log(1 - raw / space));
}

export function distinctDocument({ few, registers }: Distinct): DistinctDocument {
  if (few !== null) return [...few].toSorted((a, b) => a - b);
  return Buffer.from(registers ?? []).toString('base64');
}

export function distinctOf(document: DistinctDocument): Distinct {
  if (typeof document !== 'string') return { few: new Set(document), registers: null };
  const registers = new Uint8Array(REGISTERS);
  registers.set(Buffer.from(document, 'base64').subarray(0, REGISTERS));
  return { few: null, registers };
}
