import { ProbeFailure } from '../failure.ts';
import { int32, utf8 } from './byte-reader.ts';
import type { Conversation } from './conversation.ts';
import { protocolError } from './protocol.ts';

/** PostgreSQL manual, "Message Formats": what a server may say before and after it lets somebody in. */
export interface BackendMessage {
  type: string;
  body: Buffer;
}

/** Authentication, BackendKeyData, ParameterStatus, ReadyForQuery, errors, NegotiateProtocolVersion, and a query's. */
const TYPES = 'RKSZENvATDCI';
/** No message of a start, and none of `select 1`, is longer. */
const MAX_BODY_BYTES = 65_536;

export async function readMessage(wire: Conversation): Promise<BackendMessage> {
  const type = (await wire.read(1)).toString('latin1');
  if (!TYPES.includes(type))
    throw protocolError('PostgreSQL', Buffer.concat([Buffer.from(type), wire.unread()]));
  return { type, body: await readBody(wire) };
}

/** The length counts itself. */
export async function readBody(wire: Conversation): Promise<Buffer> {
  const length = (await wire.read(4)).readInt32BE() - 4;
  if (length > MAX_BODY_BYTES) throw new ProbeFailure('protocol-error', `a message of ${length} bytes`);
  return wire.read(length);
}

export function message(type: string, ...parts: readonly (Uint8Array | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

/** SSLRequest (1234 in the upper half, 5679 in the lower). */
export const SSL_REQUEST = Buffer.concat([int32(8), int32(80_877_103)]);
export const TERMINATE = message('X');

/** Protocol 3.0, which every version since 7.4 speaks. */
export function startupMessage(parameters: Readonly<Record<string, string>>): Buffer {
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}\0${value}\0`);
  return message('', int32(196_608), ...pairs, '\0');
}

/** ParameterStatus. */
export function parameterOf(body: Buffer): [name: string, value: string] {
  const [name = '', value = ''] = utf8(body).split('\0');
  return [name, value];
}

/** PostgreSQL manual, appendix "Error Codes": it says that it cannot serve now. */
const NOT_READY = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now: starting, stopping, in recovery
  '55000', // object_not_in_prerequisite_state: the database accepts no connections
]);

/** What an ErrorResponse means: fields of one letter each, zero-terminated, `C` the SQLSTATE and `M` the message. */
export function failureOf(body: Buffer): ProbeFailure {
  const fields = utf8(body).split('\0');
  const field = (letter: string): string => fields.find((text) => text.startsWith(letter))?.slice(1) ?? '';
  const sqlState = field('C');
  const words = `${field('M') || 'an error without a message'} (SQLSTATE ${sqlState})`;
  // Class 53 is "insufficient resources": connections, memory, disk.
  if (NOT_READY.has(sqlState) || sqlState.startsWith('53')) return new ProbeFailure('not-ready', words);
  return new ProbeFailure(isRefusal(sqlState) ? 'auth-failed' : 'protocol-error', words);
}

/** Class 28 is "invalid authorization"; 3D000 an unknown database, 42501 one that this user may not connect to. */
function isRefusal(sqlState: string): boolean {
  return sqlState.startsWith('28') || sqlState === '3D000' || sqlState === '42501';
}
