import { ProbeFailure } from '../failure.ts';

/** Reads binary fields in network byte order, one after another. Fields that reach past the end are a protocol error. */
export interface ByteReader {
  uint8(): number;
  uint16(): number;
  int16(): number;
  int32(): number;
  uint32(): number;
  bytes(length: number): Buffer;
  readonly remaining: number;
}

export function readBytes(source: Buffer): ByteReader {
  let at = 0;
  function bytes(length: number): Buffer {
    if (length < 0 || length > source.length - at) {
      throw new ProbeFailure('protocol-error', 'the answer is shorter than what it announces');
    }
    at += length;
    return source.subarray(at - length, at);
  }
  return {
    uint8: () => bytes(1).readUInt8(),
    uint16: () => bytes(2).readUInt16BE(),
    int16: () => bytes(2).readInt16BE(),
    int32: () => bytes(4).readInt32BE(),
    uint32: () => bytes(4).readUInt32BE(),
    bytes,
    get remaining() {
      return source.length - at;
    },
  };
}

/** The text of a length-prefixed field. */
export function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

export function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
