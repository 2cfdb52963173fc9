import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { ProbeFailure } from '../failure.ts';

const deriveKey = promisify(pbkdf2);

/** PostgreSQL asks for 4096, careful people for 600,000; more would be an attack on our processor. */
const MAX_ITERATIONS = 1_000_000;
const HASH = 'sha256';
const HASH_BYTES = 32;
/** No channel binding (RFC 5802, section 6): what we say of it in both messages. */
const GS2_HEADER = 'n,,';

/** SCRAM-SHA-256 (RFC 5802, RFC 7677) as the client: three messages, the last of which proves the server. */
export interface ScramClient {
  readonly first: string;
  /** Answers the server's first message. Throws `protocol-error` when it does not follow the nonce or asks too much. */
  final(serverFirst: string): Promise<string>;
  /** Throws `auth-failed` when the server does not know the password either. */
  verify(serverFinal: string): void;
}

/** The user name is left out where the protocol names it elsewhere, as PostgreSQL's does. */
export function scramClient({ user, password, nonce }: Credentials): ScramClient {
  const firstBare = `n=${user.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`;
  let serverSignature: Buffer | undefined;
  return {
    first: `${GS2_HEADER}${firstBare}`,
    async final(serverFirst) {
      const { r: wholeNonce = '', s: salt = '', i: count = '' } = attributes(serverFirst);
      if (!wholeNonce.startsWith(nonce) || wholeNonce === nonce) throw broken('does not continue our nonce');
      const iterations = Number(count);
      if (!Number.isInteger(iterations) || iterations < 1 || iterations > MAX_ITERATIONS) {
        throw broken(`asks for ${count} iterations`);
      }
      const salted = await deriveKey(
        saslPrep(password),
        Buffer.from(salt, 'base64'),
        iterations,
        HASH_BYTES,
        HASH,
      );
      const withoutProof = `c=${Buffer.from(GS2_HEADER).toString('base64')},r=${wholeNonce}`;
      const authMessage = `${firstBare},${serverFirst},${withoutProof}`;
      const clientKey = hmac(salted, 'Client Key');
      const clientSignature = hmac(createHash(HASH).update(clientKey).digest(), authMessage);
      serverSignature = hmac(hmac(salted, 'Server Key'), authMessage);
      return `${withoutProof},p=${xor(clientKey, clientSignature).toString('base64')}`;
    },
    verify(serverFinal) {
      const { e: error, v: verifier = '' } = attributes(serverFinal);
      if (error !== undefined) throw new ProbeFailure('auth-failed', `SCRAM: ${error}`);
      const claimed = Buffer.from(verifier, 'base64');
      if (claimed.length !== serverSignature?.length || !timingSafeEqual(claimed, serverSignature)) {
        throw new ProbeFailure('auth-failed', 'the server does not prove that it knows the password (SCRAM)');
      }
    },
  };
}

export interface Credentials {
  user: string;
  password: string;
  /** Printable, without a comma; not to be guessed. */
  nonce: string;
}

/** Random, printable and without a comma, from numbers in [0, 1). */
export function createNonce(random: () => number): string {
  const bytes = Array.from({ length: 18 }, () => Math.floor(random() * 256));
  return Buffer.from(bytes).toString('base64');
}

/** `r=...,s=...,i=...`; a value may hold `=`. */
function attributes(message: string): Readonly<Record<string, string>> {
  return Object.fromEntries(message.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));
}

function broken(what: string): ProbeFailure {
  return new ProbeFailure('protocol-error', `the server ${what} (SCRAM)`);
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac(HASH, key).update(text).digest();
}

/** Of two equally long. */
export function xor(left: Uint8Array, right: Uint8Array): Buffer {
  return Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)));
}

/** RFC 4013, what matters of it: other spaces are spaces (C.1.2), what is invisible is nothing (B.1), and NFKC. */
function saslPrep(password: string): string {
  return password
    .replace(/[\u00A0\u1680\u2000-\u200B\u202F\u205F\u3000]/gu, ' ')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFKC');
}
