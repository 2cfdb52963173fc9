import { mix32 } from './draw.ts';

const ROUNDS = 6;

/**
 * Where `index` stands in a shuffle of 0 to `size` - 1, without a table: a Feistel network over the next power of four, walked until
 * it falls inside (Black & Rogaway 2002). A bijection for each seed, so that workers that know only the seed never meet. Up to 2^32.
 */
export function permuted(index: number, size: number, seed: number): number {
  const halfBits = Math.max(1, Math.ceil(Math.log2(size) / 2));
  const mask = 2 ** halfBits - 1;
  let value = index;
  do {
    let left = Math.floor(value / 2 ** halfBits);
    let right = value & mask;
    for (let round = 0; round < ROUNDS; round += 1) {
      const mixed = (left ^ mix32(right + Math.imul(seed + round, 0x9e3779b1))) & mask;
      left = right;
      right = mixed;
    }
    value = left * 2 ** halfBits + right;
  } while (value >= size);
  return value;
}
