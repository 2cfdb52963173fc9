import { decodeHuffman } from './huffman.ts';
import { LAST_STATUS_INDEX, STATIC_TABLE, STATUS_INDEX } from './static-table.ts';

/**
 * Decoding of field blocks (RFC 7541) with a dynamic table of size 0, which is what we announce: every block stands for itself, so
 * one whose fields nobody asks for need not be read beyond its status.
 */

/** Fields of one head; used again for the next one. */
export interface FieldList {
  count: number;
  names: string[];
  values: string[];
  /** 0: none. */
  status: number;
  /** What makes the message malformed (RFC 9113, section 8.1.1), or null. */
  malformed: string | null;
}

export function createFieldList(): FieldList {
  return { count: 0, names: [], values: [], status: 0, malformed: null };
}

/** The block cannot be decoded: COMPRESSION_ERROR, which ends the connection. */
export const UNDECODABLE = -1;
/** The block's first field is no `:status`: trailers, or a malformed head. */
export const NO_STATUS = 0;

/** Where reading goes on; one for the thread, as decoding never waits. */
const cursor = { at: 0 };
const MAX_INTEGER_BYTES = 4;
const NO_MORE_CONTINUATION = 0x80;
/** RFC 9110, section 5.1 with RFC 9113, section 8.2.1: a token without upper case. */
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
// oxlint-disable-next-line no-control-regex -- exactly the ones that RFC 9113, section 8.2.1 forbids
const FORBIDDEN_IN_VALUE = /[\0\r\n]/;
const STATUS = /^[1-9]\d\d$/;

let scratch = Buffer.allocUnsafeSlow(1_024);

/** The status alone: UNDECODABLE or NO_STATUS where there is none. Pseudo-header fields come first (RFC 9113, section 8.3). */
export function readStatus(block: Buffer, start: number, end: number): number {
  cursor.at = start;
  if (!skipSizeUpdates(block, end)) return UNDECODABLE;
  if (cursor.at >= end) return NO_STATUS;
  const first = block[cursor.at]!;
  if (first >= 0x80) {
    const index = readInteger(block, end, 7);
    if (index <= 0 || index >= STATIC_TABLE.length) return UNDECODABLE;
    return index >= STATUS_INDEX && index <= LAST_STATUS_INDEX ? Number(STATIC_TABLE[index]![1]) : NO_STATUS;
  }
  const name = readName(block, end);
  if (name === null) return UNDECODABLE;
  if (name !== ':status') return NO_STATUS;
  const value = readString(block, end);
  if (value === null) return UNDECODABLE;
  return STATUS.test(value) ? Number(value) : NO_STATUS;
}

/** All fields, the status apart from them. Returns false for a block that cannot be decoded: COMPRESSION_ERROR. */
export function readFields(block: Buffer, start: number, end: number, fields: FieldList): boolean {
  fields.count = 0;
  fields.status = NO_STATUS;
  fields.malformed = null;
  cursor.at = start;
  if (!skipSizeUpdates(block, end)) return false;
  while (cursor.at < end) {
    const first = block[cursor.at]!;
    let name: string | null;
    let value: string | null;
    if (first >= 0x80) {
      const index = readInteger(block, end, 7);
      // 0 is no index, and the dynamic table is empty.
      if (index <= 0 || index >= STATIC_TABLE.length) return false;
      [name, value] = STATIC_TABLE[index]!;
    } else {
      // A size update may only stand at the block's beginning (RFC 7541, section 4.2).
      if (first >= 0x20 && first < 0x40) return false;
      name = readName(block, end);
      if (name === null) return false;
      value = readString(block, end);
      if (value === null) return false;
      if (FORBIDDEN_IN_VALUE.test(value)) fields.malformed = `field ${name} holds a line break or NUL`;
    }
    addField(fields, name, value);
  }
  return true;
}

function addField(fields: FieldList, name: string, value: string): void {
  if (name === ':status') {
    if (fields.status !== NO_STATUS || fields.count > 0) fields.malformed = ':status where it must not be';
    else if (STATUS.test(value)) fields.status = Number(value);
    else fields.malformed = `:status is ${JSON.stringify(value.slice(0, 20))}`;
    return;
  }
  if (!FIELD_NAME.test(name)) fields.malformed = `field name ${JSON.stringify(name.slice(0, 40))}`;
  fields.names[fields.count] = name;
  fields.values[fields.count] = value;
  fields.count += 1;
}

/** Only to 0, the size we announced. */
function skipSizeUpdates(block: Buffer, end: number): boolean {
  while (cursor.at < end && (block[cursor.at]! & 0xe0) === 0x20) {
    if (readInteger(block, end, 5) !== 0) return false;
  }
  return true;
}

/** Of a literal field: with or without indexing, or never indexed. With a table of size 0 all are one. */
function readName(block: Buffer, end: number): string | null {
  const index = readInteger(block, end, block[cursor.at]! >= 0x40 ? 6 : 4);
  if (index === 0) return readString(block, end);
  return index > 0 && index < STATIC_TABLE.length ? STATIC_TABLE[index]![0] : null;
}

/** RFC 7541, section 5.2; null for one that is cut off or wrongly coded. */
function readString(block: Buffer, end: number): string | null {
  if (cursor.at >= end) return null;
  const isHuffman = block[cursor.at]! >= 0x80;
  const length = readInteger(block, end, 7);
  const from = cursor.at;
  if (length < 0 || length > end - from) return null;
  cursor.at = from + length;
  if (!isHuffman) return block.toString('latin1', from, cursor.at);
  const needed = Math.ceil((length * 8) / 5);
  if (scratch.length < needed) scratch = Buffer.allocUnsafeSlow(needed);
  const decoded = decodeHuffman(block, from, cursor.at, scratch, 0);
  return decoded < 0 ? null : scratch.toString('latin1', 0, decoded);
}

/** RFC 7541, section 5.1, after the prefix of so many bits; -1 when it is cut off or larger than anything we take. */
function readInteger(block: Buffer, end: number, prefixBits: number): number {
  if (cursor.at >= end) return -1;
  const mask = (1 << prefixBits) - 1;
  let value = block[cursor.at]! & mask;
  cursor.at += 1;
  if (value < mask) return value;
  for (let count = 0; count < MAX_INTEGER_BYTES; count += 1) {
    if (cursor.at >= end) return -1;
    const byte = block[cursor.at]!;
    cursor.at += 1;
    value += (byte & 0x7f) * 2 ** (7 * count);
    if (byte < NO_MORE_CONTINUATION) return value;
  }
  return -1;
}
