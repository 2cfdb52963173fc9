import { ProbeFailure } from '../failure.ts';
import { type ByteReader, int32, readBytes, uint16, utf8 } from './byte-reader.ts';
import type { Conversation } from './conversation.ts';
import { protocolError } from './protocol.ts';

/** Class and method of class `connection` (AMQP 0-9-1, section 1.4 of the XML specification's reference). */
export const CONNECTION_CLASS = 10;
export const METHOD = {
  start: 10,
  startOk: 11,
  secure: 20,
  tune: 30,
  tuneOk: 31,
  open: 40,
  openOk: 41,
  close: 50,
  closeOk: 51,
} as const;

const METHOD_FRAME = 1;
const HEARTBEAT_FRAME = 8;
const FRAME_END = 0xce;
/** Before tuning, frames are at most 4,096 bytes by the specification; servers with many properties exceed it. */
const MAX_FRAME_BYTES = 131_072;

export interface Method {
  classId: number;
  methodId: number;
  fields: ByteReader;
}

/** The next method on channel 0 (section 4.2.3, general frame format); heartbeats are skipped. */
export async function readMethod(wire: Conversation): Promise<Method> {
  for (;;) {
    const head = await wire.read(7);
    // A server that wants another version answers with its own header and closes (section 4.2.2).
    if (head.subarray(0, 4).toString('latin1') === 'AMQP') throw await otherVersion(wire, head);
    const type = head.readUInt8(0);
    const length = head.readUInt32BE(3);
    const isKnown = type === METHOD_FRAME || type === HEARTBEAT_FRAME;
    if (!isKnown || head.readUInt16BE(1) !== 0 || length > MAX_FRAME_BYTES) {
      throw protocolError('an AMQP 0-9-1 frame', head);
    }
    const payload = await wire.read(length + 1);
    if (payload.at(-1) !== FRAME_END) throw protocolError('an AMQP 0-9-1 frame', head);
    if (type === HEARTBEAT_FRAME) continue;
    const fields = readBytes(payload.subarray(0, -1));
    return { classId: fields.uint16(), methodId: fields.uint16(), fields };
  }
}

async function otherVersion(wire: Conversation, head: Buffer): Promise<ProbeFailure> {
  const revision = (await wire.read(1)).readUInt8(0);
  const version = `${head.readUInt8(5)}-${head.readUInt8(6)}-${revision}`;
  return new ProbeFailure('protocol-error', `the server speaks AMQP ${version}, not 0-9-1`);
}

export function methodFrame(methodId: number, ...fields: readonly Uint8Array[]): Buffer {
  const payload = Buffer.concat([uint16(CONNECTION_CLASS), uint16(methodId), ...fields]);
  return Buffer.concat([
    Buffer.of(METHOD_FRAME),
    uint16(0),
    int32(payload.length),
    payload,
    Buffer.of(FRAME_END),
  ]);
}

/** At most 255 bytes (section 4.2.5.3). */
export function shortString(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > 255) {
    throw new ProbeFailure('protocol-error', 'AMQP has no room for a name of more than 255 bytes');
  }
  return Buffer.concat([Buffer.of(bytes.length), bytes]);
}

export function longString(text: string | Uint8Array): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([int32(bytes.length), bytes]);
}

export function readShortString(fields: ByteReader): string {
  return utf8(fields.bytes(fields.uint8()));
}

export function readLongString(fields: ByteReader): string {
  return utf8(fields.bytes(fields.uint32()));
}

/** Bytes of the field types whose size is fixed (section 4.2.1, with RabbitMQ's errata). */
const FIXED_SIZES: Readonly<Record<string, number>> = {
  t: 1,
  b: 1,
  B: 1,
  s: 2,
  u: 2,
  U: 2,
  I: 4,
  i: 4,
  f: 4,
  D: 5,
  l: 8,
  L: 8,
  d: 8,
  T: 8,
  V: 0,
};

/** The texts of a field table; values of other types are passed over. */
export function readTableTexts(fields: ByteReader): ReadonlyMap<string, string> {
  const table = readBytes(fields.bytes(fields.uint32()));
  const texts = new Map<string, string>();
  while (table.remaining > 0) {
    const name = readShortString(table);
    const type = table.bytes(1).toString('latin1');
    const size = FIXED_SIZES[type];
    if (type === 'S') texts.set(name, readLongString(table));
    else if (type === 'F' || type === 'A' || type === 'x') table.bytes(table.uint32());
    else if (size !== undefined) table.bytes(size);
    else throw protocolError('an AMQP field table', Buffer.from(type));
  }
  return texts;
}
