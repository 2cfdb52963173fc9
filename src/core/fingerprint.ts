import { createHash } from 'node:crypto';

/** 32 hex characters (128 bits of SHA-256) over the parts; parts cannot run into each other. */
export function fingerprintOf(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`);
  return hash.digest('hex').slice(0, 32);
}
