import { ProbeFailure } from '../failure.ts';
import { readBytes, utf8 } from './byte-reader.ts';
import type { Conversation } from './conversation.ts';
import { protocolError } from './protocol.ts';

/** MySQL internals, "MySQL Packets": length and sequence in front, least significant byte first. */
export interface MysqlPacket {
  sequence: number;
  payload: Buffer;
}

/** No packet before a query's result is longer. It also tells text from packets: "HTTP" would be five million bytes. */
const MAX_PAYLOAD_BYTES = 65_536;

export async function readPacket(wire: Conversation): Promise<MysqlPacket> {
  const head = await wire.read(4);
  const length = head.readUIntLE(0, 3);
  if (length === 0 || length > MAX_PAYLOAD_BYTES)
    throw protocolError('MySQL', Buffer.concat([head, wire.unread()]));
  const payload = await wire.read(length);
  return { sequence: head.readUInt8(3), payload };
}

export function packet(sequence: number, ...parts: readonly (Uint8Array | string)[]): Buffer {
  const payload = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const head = Buffer.alloc(4);
  head.writeUIntLE(payload.length, 0, 3);
  head.writeUInt8(sequence & 0xff, 3);
  return Buffer.concat([head, payload]);
}

/** First byte of a server's packet. */
export const HEADER = {
  ok: 0x00,
  moreAuthentication: 0x01,
  switchAuthentication: 0xfe,
  error: 0xff,
} as const;

export interface Greeting {
  version: string;
  isMariadb: boolean;
  /** Of the 20 bytes that the password is hashed with. */
  nonce: Buffer;
  canEncrypt: boolean;
  plugin: string;
}

/** Bits of the capabilities that we ask for or look at. */
export const CAPABILITY = {
  /** MariaDB leaves it out, and so tells who it is (MariaDB: CLIENT_MYSQL). */
  longPassword: 1 << 0,
  connectWithDatabase: 1 << 3,
  protocol41: 1 << 9,
  encryption: 1 << 11,
  secureConnection: 1 << 15,
  pluginAuthentication: 1 << 19,
} as const;

/** Protocol::HandshakeV10. */
export function greetingOf(payload: Buffer): Greeting {
  if (payload[0] !== 10) throw protocolError('a MySQL greeting', payload);
  const end = payload.indexOf(0, 1);
  if (end === -1) throw protocolError('a MySQL greeting', payload);
  const version = utf8(payload.subarray(1, end));
  const reader = readBytes(payload.subarray(end + 1));
  reader.bytes(4); // connection id
  const noncePart1 = reader.bytes(8);
  reader.bytes(1);
  const lower = reader.bytes(2).readUInt16LE();
  reader.bytes(3); // character set, status
  reader.bytes(2); // the other half of the capabilities
  const nonceBytes = reader.uint8();
  reader.bytes(10);
  const noncePart2 = reader.bytes(Math.min(reader.remaining, Math.max(13, nonceBytes - 8)));
  const plugin = utf8(reader.bytes(reader.remaining)).split('\0')[0] ?? '';
  return {
    // A replica of old would not take a "10" for a version; MariaDB puts this in front.
    version: version.replace(/^5\.5\.5-(?=\d)/, ''),
    isMariadb: /mariadb/i.test(version) || (lower & CAPABILITY.longPassword) === 0,
    nonce: Buffer.concat([noncePart1, noncePart2]).subarray(0, 20),
    canEncrypt: (lower & CAPABILITY.encryption) !== 0,
    plugin: plugin || 'mysql_native_password',
  };
}

/** Numbers of the manual's "Server Error Message Reference". */
const NOT_READY = new Set([
  1040, // too many connections
  1041, // out of memory
  1053, // shutdown in progress
  1135, // cannot create a new thread
  1203, // this user has too many connections
  1226, // this user has used up a resource
  3032, // offline mode
  3168, // not ready yet, or shutting down
]);
const REFUSED = new Set([
  1044, // access to the database denied
  1045, // access denied
  1049, // unknown database
  1129, // the host is blocked
  1130, // the host may not connect
  1251, // old authentication
  1698, // access denied without a password
  1862, // the password has expired
  3118, // the account is locked
  3159, // only encrypted connections
  4151, // MariaDB: the account is locked
]);

/** ERR_Packet; `#` and five letters of SQLSTATE are there only after the handshake. */
export function failureOf(payload: Buffer): ProbeFailure {
  if (payload.length < 3) return protocolError('a MySQL error', payload);
  const code = payload.readUInt16LE(1);
  const text = utf8(payload.subarray(3)).replace(/^#.{5}/, '');
  const words = `${text} (error ${code})`;
  if (NOT_READY.has(code)) return new ProbeFailure('not-ready', words);
  return new ProbeFailure(REFUSED.has(code) ? 'auth-failed' : 'protocol-error', words);
}
