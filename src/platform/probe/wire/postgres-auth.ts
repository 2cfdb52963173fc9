import { createHash } from 'node:crypto';
import { ProbeFailure } from '../failure.ts';
import { int32, readBytes, utf8 } from './byte-reader.ts';
import type { Conversation } from './conversation.ts';
import { failureOf, message, readMessage } from './postgres-messages.ts';
import { createNonce, scramClient } from './scram.ts';

/** Between two messages of the authentication there may be notices. */
const MAX_MESSAGES = 20;

/** Kinds of Authentication messages (PostgreSQL manual, "Message Formats"). */
const KIND = { ok: 0, cleartext: 3, md5: 5, sasl: 10, saslContinue: 11, saslFinal: 12 } as const;

export interface Login {
  user: string;
  password: string | undefined;
  /** Whether the password may be sent as it is: not where encryption was asked for and refused. */
  mayShowPassword: boolean;
  random: () => number;
}

/** False when the server wants a password and there is none. Throws what the server says against it. */
export async function authenticate(wire: Conversation, login: Login): Promise<boolean> {
  const { kind, rest } = await nextStep(wire);
  if (kind === KIND.ok) return true;
  if (login.password === undefined) return false;
  const known = { ...login, password: login.password };
  if (kind === KIND.sasl) await scram(wire, known, utf8(rest));
  else wire.send(message('p', passwordFor(kind, known, rest), '\0'));
  const end = await nextStep(wire);
  if (end.kind !== KIND.ok) throw unexpected(end.kind);
  return true;
}

type KnownLogin = Login & { password: string };

function passwordFor(kind: number, { user, password, mayShowPassword }: KnownLogin, salt: Buffer): string {
  if (kind === KIND.md5) return `md5${md5(Buffer.concat([Buffer.from(md5(password + user)), salt]))}`;
  if (kind !== KIND.cleartext) throw unexpected(kind);
  if (mayShowPassword) return password;
  throw new ProbeFailure('tls-failed', 'the server wants the password in clear text and offers no TLS');
}

function md5(text: string | Uint8Array): string {
  return createHash('md5').update(text).digest('hex');
}

/** PostgreSQL manual, "SCRAM-SHA-256 Authentication"; the user name of the start counts, not the one in here. */
async function scram(wire: Conversation, login: KnownLogin, mechanisms: string): Promise<void> {
  if (!mechanisms.split('\0').includes('SCRAM-SHA-256')) {
    throw new ProbeFailure(
      'auth-failed',
      `the server accepts only ${mechanisms.replaceAll('\0', ' ').trim()}`,
    );
  }
  const client = scramClient({ user: '', password: login.password, nonce: createNonce(login.random) });
  wire.send(message('p', 'SCRAM-SHA-256\0', int32(Buffer.byteLength(client.first)), client.first));
  const serverFirst = await nextStep(wire, KIND.saslContinue);
  wire.send(message('p', await client.final(utf8(serverFirst.rest))));
  const serverFinal = await nextStep(wire, KIND.saslFinal);
  client.verify(utf8(serverFinal.rest));
}

async function nextStep(wire: Conversation, expected?: number): Promise<{ kind: number; rest: Buffer }> {
  for (let count = 0; count < MAX_MESSAGES; count += 1) {
    const { type, body } = await readMessage(wire);
    if (type === 'E') throw failureOf(body);
    if (type !== 'R') continue;
    const reader = readBytes(body);
    const kind = reader.int32();
    if (expected !== undefined && kind !== expected) throw unexpected(kind);
    return { kind, rest: reader.bytes(reader.remaining) };
  }
  throw new ProbeFailure('protocol-error', 'the server does not come to an end with the authentication');
}

/** Kerberos, GSSAPI, SSPI, or a step out of order. */
function unexpected(kind: number): ProbeFailure {
  return new ProbeFailure('protocol-error', `the server wants an authentication we do not speak (${kind})`);
}
