import { ProbeFailure } from '../failure.ts';
import { utf8 } from './byte-reader.ts';

/** What we read of a BSON document (bsonspec.org); other types are null, and dates and long integers numbers. */
export type BsonValue = string | number | boolean | null | BsonDocument | readonly BsonValue[];
export interface BsonDocument {
  readonly [name: string]: BsonValue;
}

/** As deep as any answer of a server goes, and then some. */
const MAX_DEPTH = 32;

/** A flat document of 32-bit integers, booleans and text. */
export function encodeBson(document: Readonly<Record<string, string | number | boolean>>): Buffer {
  const elements = Object.entries(document).map(([name, value]) => {
    const head = (type: number): Buffer => Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`)]);
    if (typeof value === 'boolean') return Buffer.concat([head(0x08), Buffer.from([value ? 1 : 0])]);
    if (typeof value === 'number') return Buffer.concat([head(0x10), int32LE(value)]);
    const text = Buffer.from(`${value}\0`);
    return Buffer.concat([head(0x02), int32LE(text.length), text]);
  });
  const body = Buffer.concat(elements);
  return Buffer.concat([int32LE(body.length + 5), body, Buffer.from([0])]);
}

export function int32LE(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/** Throws `protocol-error` for whatever is not a document from the first byte to its end. */
export function decodeBson(bytes: Buffer): BsonDocument {
  return decodeDocument(bytes, 0);
}

/** Every length is checked against what is there, so a lie about one ends in an error and never in an allocation. */
function decodeDocument(bytes: Buffer, depth: number): BsonDocument {
  if (depth > MAX_DEPTH) throw malformed();
  let at = 0;
  function take(length: number): Buffer {
    if (length < 0 || length > bytes.length - at) throw malformed();
    at += length;
    return bytes.subarray(at - length, at);
  }
  function takeText(): string {
    const end = bytes.indexOf(0, at);
    if (end === -1) throw malformed();
    const text = utf8(bytes.subarray(at, end));
    at = end + 1;
    return text;
  }
  /** A length that counts what follows it. */
  const takeCounted = (extra = 0): Buffer => take(take(4).readInt32LE() + extra);
  /** A length that counts itself. */
  function takeDocument(): BsonDocument {
    const length = bytes.length - at >= 4 ? bytes.readInt32LE(at) : -1;
    return decodeDocument(take(length), depth + 1);
  }
  function takeValue(type: number): BsonValue {
    switch (type) {
      case 0x01:
        return take(8).readDoubleLE();
      case 0x02: // text
      case 0x0d: // JavaScript
      case 0x0e: // symbol
        return utf8(takeCounted()).replace(/\0$/, '');
      case 0x03:
        return takeDocument();
      case 0x04:
        return Object.values(takeDocument());
      case 0x05: // binary: a subtype is not counted
        takeCounted(1);
        return null;
      case 0x07: // ObjectId
        take(12);
        return null;
      case 0x08:
        return take(1)[0] === 1;
      case 0x09: // date
      case 0x12: // int64
        return Number(take(8).readBigInt64LE());
      case 0x10:
        return take(4).readInt32LE();
      case 0x0b: // regular expression: pattern and options
        takeText();
        takeText();
        return null;
      case 0x11: // timestamp
        take(8);
        return null;
      case 0x13: // decimal128
        take(16);
        return null;
      case 0x06: // undefined
      case 0x0a: // null
      case 0x7f: // largest key
      case 0xff: // smallest key
        return null;
      default:
        throw malformed();
    }
  }
  if (take(4).readInt32LE() !== bytes.length) throw malformed();
  const entries: [string, BsonValue][] = [];
  for (;;) {
    const type = take(1)[0] ?? 0;
    if (type === 0) break;
    entries.push([takeText(), takeValue(type)]);
  }
  if (at !== bytes.length) throw malformed();
  return Object.fromEntries(entries);
}

function malformed(): ProbeFailure {
  return new ProbeFailure('protocol-error', 'the answer is not BSON');
}
