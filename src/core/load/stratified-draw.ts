import { draw, draw32 } from './draw.ts';
import { permuted } from './permutation.ts';

const BLOCK = 256;

/**
 * In [0, 1), a function of (seed, number, purpose) like `draw`, but of each 256 numbers in a row every one falls into another 256th
 * (stratified sampling), in an order of its own for each block. So a run of some hundred sessions has the mix that its weights ask for,
 * and one that is compared with another differs from it by chance hardly at all.
 */
export function stratifiedDraw(seed: number, number: number, purpose: number): number {
  const block = Math.floor(number / BLOCK);
  const stratum = permuted(number % BLOCK, BLOCK, draw32(seed, block, purpose));
  return (stratum + draw(seed, number, purpose)) / BLOCK;
}
