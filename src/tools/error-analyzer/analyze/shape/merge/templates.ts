import { WILDCARD } from '../canonical.ts';

/** Token id of `<*>`. */
export const WILDCARD_ID = 0;

export interface TokenTable {
  idOf(text: string): number;
  text(id: number): string;
  isWord(id: number): boolean;
}

const LETTER = /\p{L}/u;

export function createTokenTable(): TokenTable {
  const texts = [WILDCARD];
  const words = [false];
  const ids = new Map<string, number>([[WILDCARD, WILDCARD_ID]]);
  return {
    idOf(text) {
      let id = ids.get(text);
      if (id === undefined) {
        id = texts.push(text) - 1;
        words.push(LETTER.test(text));
        ids.set(text, id);
      }
      return id;
    },
    text: (id) => texts[id] ?? '',
    isWord: (id) => words[id] === true,
  };
}

/** What a component of merged shapes has in common. */
export interface Template {
  tokens: Int32Array;
  /** Of any shape of the component. */
  key: string;
  /** Words that were seen where its wildcards stand for words, by position. */
  values: ReadonlyMap<number, ReadonlySet<number>>;
}

export type Values = Template['values'];

export function joinValues(...all: readonly Values[]): Values {
  const joined = new Map<number, Set<number>>();
  for (const values of all) {
    for (const [position, words] of values) {
      const known = joined.get(position);
      if (known === undefined) joined.set(position, new Set(words));
      else for (const word of words) known.add(word);
    }
  }
  return joined;
}

export function sharesAllBut(position: number, one: Int32Array, other: Int32Array): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index += 1) {
    if (index !== position && one[index] !== other[index]) return false;
  }
  return true;
}

/** Contribution of a token at a position to the hash of a template; sums of them identify what stands elsewhere. Exact integers below 2^53. */
export function positionHash(token: number, position: number): number {
  let low = Math.imul(token + 1, 0x9e3779b1) ^ Math.imul(position + 1, 0x85ebca6b);
  low = Math.imul(low ^ (low >>> 15), 0x2c1b3c6d);
  low ^= low >>> 13;
  let high = Math.imul(low ^ (position + 0x1b873593), 0xc2b2ae35) ^ Math.imul(token + 7, 0x27d4eb2f);
  high = Math.imul(high ^ (high >>> 16), 0x297a2d39);
  high ^= high >>> 15;
  return (high & 0xffff) * 0x1_0000_0000 + (low >>> 0);
}

export function templateHash(tokens: Int32Array): number {
  let hash = tokens.length;
  for (let position = 0; position < tokens.length; position += 1) {
    hash += positionHash(tokens[position] as number, position);
  }
  return hash;
}
