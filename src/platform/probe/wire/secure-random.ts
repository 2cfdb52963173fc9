import { randomBytes } from 'node:crypto';

/** A number in [0, 1) that nobody can guess: nonces of a handshake are made of it. */
export function secureRandom(): number {
  return randomBytes(6).readUIntBE(0, 6) / 2 ** 48;
}
