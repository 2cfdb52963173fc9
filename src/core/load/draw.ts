/**
 * Random numbers that are a function of what they are for: (seed, number, purpose), with no state between them. So worker three can
 * know what session 3,000,003 does without having drawn for the sessions before, and a run can be repeated.
 */

/** Golden ratio of 2^32, odd: steps by it visit every state before one comes again (Weyl). */
const GOLDEN = 0x9e3779b9;

/** splitmix32's finaliser, a bijection of 32 bits with good avalanche. */
export function mix32(state: number): number {
  let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** 32 bits for a number (an integer below 2^53) and a purpose of its own. */
export function draw32(seed: number, number: number, purpose: number): number {
  // The seed is mixed by itself: added to the number as it is, one seed's numbers would be those of the next, one later.
  const low = mix32(mix32(seed ^ Math.imul(purpose + 1, GOLDEN)) + (number >>> 0));
  const high = Math.floor(number / 2 ** 32);
  return mix32(low + Math.imul(high + purpose + 1, GOLDEN));
}

/** In [0, 1). */
export function draw(seed: number, number: number, purpose: number): number {
  return draw32(seed, number, purpose) / 2 ** 32;
}

/** The state after this one, of a stream whose values are `mix32(state)`. */
export function nextState(state: number): number {
  return (state + GOLDEN) >>> 0;
}
