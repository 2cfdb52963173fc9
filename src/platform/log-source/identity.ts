import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { FileIdentity } from './types.ts';

/** How much of a file's begin tells it apart. */
export const PREFIX_BYTES = 256;

export function hashOfPrefix(prefix: Uint8Array): string {
  return createHash('sha256').update(prefix).digest('hex').slice(0, 16);
}

/** `prefix`: the first bytes of the content, as many as there are, up to PREFIX_BYTES. */
export function identityOf(stats: Stats, prefix: Uint8Array): FileIdentity {
  const bornMs = bornMsOf(stats);
  return {
    device: stats.dev,
    inode: stats.ino,
    prefixBytes: prefix.length,
    prefixHash: hashOfPrefix(prefix),
    ...(bornMs === null ? {} : { bornMs }),
    modifiedMs: stats.mtimeMs,
  };
}

/** Where a file system does not know it, Node says 0 or the time of the last change of the inode, which moves. */
export function bornMsOf({ birthtimeMs, ctimeMs }: Stats): number | null {
  return birthtimeMs > 0 && birthtimeMs !== ctimeMs ? birthtimeMs : null;
}

/** Whether the content begins as that of the identity did; an identity of an empty file fits nothing. */
export function beginsLike(prefix: Uint8Array, { prefixBytes, prefixHash }: FileIdentity): boolean {
  if (prefixBytes === 0 || prefix.length < prefixBytes) return false;
  return hashOfPrefix(prefix.subarray(0, prefixBytes)) === prefixHash;
}

/** Reads exactly that many bytes, fewer only at the end of the file. */
export async function readAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
