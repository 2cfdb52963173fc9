import { createHash } from 'node:crypto';
import { xor } from './scram.ts';

/** What a plugin answers to the server's nonce, by its name; null for one that we do not speak. */
export function responseOf(plugin: string, password: string, nonce: Buffer): Buffer | null {
  switch (plugin) {
    case 'mysql_native_password':
      return nativePassword(password, nonce);
    case 'caching_sha2_password':
      return cachingSha2(password, nonce);
    default:
      return null;
  }
}

/** Manual, "Native Authentication": SHA1(password) XOR SHA1(nonce, SHA1(SHA1(password))). */
function nativePassword(password: string, nonce: Uint8Array): Buffer {
  if (password === '') return Buffer.alloc(0);
  const once = hash('sha1', Buffer.from(password));
  return xor(once, hash('sha1', nonce, hash('sha1', once)));
}

/** Manual, "Caching sha2 authentication": SHA256(password) XOR SHA256(SHA256(SHA256(password)), nonce). */
export function cachingSha2(password: string, nonce: Uint8Array): Buffer {
  if (password === '') return Buffer.alloc(0);
  const once = hash('sha256', Buffer.from(password));
  return xor(once, hash('sha256', hash('sha256', once), nonce));
}

function hash(algorithm: 'sha1' | 'sha256', ...parts: readonly Uint8Array[]): Buffer {
  const digest = createHash(algorithm);
  for (const part of parts) digest.update(part);
  return digest.digest();
}
