import type { Fact } from './facts.ts';

/** At most so many places are told for one fact. */
const MAX_PLACES = 3;

/** Written down in a file that decides it. */
export function found<Value>(value: Value, ...where: string[]): Fact<Value> {
  return { value, certainty: 'found', where: where.slice(0, MAX_PLACES) };
}

/** Follows from a convention. */
export function guessed<Value>(value: Value, ...where: string[]): Fact<Value> {
  return { value, certainty: 'guessed', where: where.slice(0, MAX_PLACES) };
}

/** One fact a key, in the order of first sight, with the places of all; what was found anywhere is found. */
export function uniqueFacts<Value>(
  facts: readonly Fact<Value>[],
  keyOf: (value: Value) => string,
): Fact<Value>[] {
  const byKey = new Map<string, Fact<Value>>();
  for (const fact of facts) {
    const key = keyOf(fact.value);
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? fact : bothOf(known, fact));
  }
  return [...byKey.values()];
}

function bothOf<Value>(known: Fact<Value>, other: Fact<Value>): Fact<Value> {
  const [first, second] =
    known.certainty === 'guessed' && other.certainty === 'found' ? [other, known] : [known, other];
  const where = [...new Set([...first.where, ...second.where])].slice(0, MAX_PLACES);
  return { value: first.value, certainty: first.certainty, where };
}
