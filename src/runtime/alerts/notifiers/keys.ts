import { createHash } from 'node:crypto';

/** 128 bits, as hex: safe in a header, a comment and a path. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** A key that is too long is replaced by its hash: cut, two of them could become one. */
export function boundedKey(key: string, max: number): string {
  return key.length <= max ? key : hashOf(key);
}
