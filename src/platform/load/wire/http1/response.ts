import { isKnown, type KnownBytes } from '../known-bytes.ts';
import type { WireResponse } from '../types.ts';
import { createHead, type Head } from './head.ts';

const LF = 10;
const CR = 13;
const COLON = 58;
const SP = 32;
const HTAB = 9;

const NOTHING = Buffer.alloc(0);
const NO_FIELDS: readonly string[] = [];

/** More than this is given back after a response, so that thousands of connections do not each keep the largest body they have seen. */
const KEPT_BYTES = 16 * 1024;

/** The response of one connection, again and again. Fields and body are only looked for when they are asked for. */
export class Http1Response implements WireResponse {
  status = 0;
  bodyBytes = 0;
  firstByteAtMs = 0;
  private wantsHead = false;
  private wantsBody = false;
  /** Field lines, up to the empty line. */
  private fields: Buffer = NOTHING;
  private fieldsAt = 0;
  private fieldsEnd = 0;
  /** Cookies and codings are asked for in each response, and most have neither. */
  private head: Head = createHead();
  /** Where the body stands: in what was read, where it came in one piece, else in `pieces`. */
  private source: Buffer = NOTHING;
  private bodyAt = 0;
  private bodyEnd = 0;
  private pieces: Buffer = NOTHING;
  private readonly maxBodyBytes: number;

  constructor(maxBodyBytes: number) {
    this.maxBodyBytes = maxBodyBytes;
  }

  begin(wantsHead: boolean, wantsBody: boolean): void {
    this.status = 0;
    this.bodyBytes = 0;
    this.wantsHead = wantsHead;
    this.wantsBody = wantsBody;
    this.bodyAt = 0;
    this.bodyEnd = 0;
    if (this.pieces.length > KEPT_BYTES) this.pieces = NOTHING;
  }

  /** What is no success is always kept: for redirects, Retry-After, and people who want to see it. */
  wantAll(): void {
    this.wantsHead = true;
    this.wantsBody = true;
  }

  keepFields(bytes: Buffer, head: Head, end: number): void {
    this.fields = bytes;
    this.fieldsAt = head.fieldsAt;
    this.fieldsEnd = end;
    this.head = head;
  }

  /** What was read is overwritten by the next read; a head whose body is still to come has to be kept. */
  copyFields(): void {
    if (!this.wantsHead || this.fieldsEnd === this.fieldsAt) return;
    this.fields = Buffer.from(this.fields.subarray(this.fieldsAt, this.fieldsEnd));
    this.fieldsEnd -= this.fieldsAt;
    this.fieldsAt = 0;
  }

  /** A body that came in one piece, and needs no copy. */
  wholeBody(bytes: Buffer, from: number, end: number): void {
    this.bodyBytes = end - from;
    this.source = bytes;
    this.bodyAt = from;
    this.bodyEnd = Math.min(end, from + this.maxBodyBytes);
  }

  addBody(bytes: Buffer, from: number, end: number): void {
    this.bodyBytes += end - from;
    if (!this.wantsBody) return;
    const length = Math.min(end - from, this.maxBodyBytes - this.bodyEnd);
    if (length <= 0) return;
    const needed = this.bodyEnd + length;
    if (needed > this.pieces.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(this.maxBodyBytes, Math.max(needed * 2, 1_024)));
      this.pieces.copy(larger, 0, 0, this.bodyEnd);
      this.pieces = larger;
    }
    bytes.copy(this.pieces, this.bodyEnd, from, from + length);
    this.source = this.pieces;
    this.bodyEnd = needed;
  }

  header(name: string): string | null {
    if (!this.wantsHead || (name === 'content-encoding' && !this.head.isEncoded)) return null;
    return this.field(name);
  }

  headers(name: string): readonly string[] {
    if (!this.wantsHead || (name === 'set-cookie' && !this.head.setsCookies)) return NO_FIELDS;
    const values: string[] = [];
    for (let at = this.fieldsAt; at < this.fieldsEnd; at = this.nextLine(at)) {
      if (this.isNamed(at, name)) values.push(this.valueAt(at + name.length + 1));
    }
    return values;
  }

  body(): Buffer | null {
    return this.wantsBody ? this.source.subarray(this.bodyAt, this.bodyEnd) : null;
  }

  hasBody(known: KnownBytes): boolean {
    return this.wantsBody && isKnown(known, this.source, this.bodyAt, this.bodyEnd);
  }

  /** As `header`, for what the connection itself wants to know while the head stands where it was read. */
  field(name: string): string | null {
    for (let at = this.fieldsAt; at < this.fieldsEnd; at = this.nextLine(at)) {
      if (this.isNamed(at, name)) return this.valueAt(at + name.length + 1);
    }
    return null;
  }

  private nextLine(at: number): number {
    const end = this.fields.indexOf(LF, at);
    return end === -1 || end >= this.fieldsEnd ? this.fieldsEnd : end + 1;
  }

  private isNamed(at: number, name: string): boolean {
    if (this.fields[at + name.length] !== COLON) return false;
    for (let index = 0; index < name.length; index += 1) {
      const byte = this.fields[at + index]!;
      const letter = byte >= 65 && byte <= 90 ? byte | 0x20 : byte;
      if (letter !== name.charCodeAt(index)) return false;
    }
    return true;
  }

  private valueAt(from: number): string {
    let end = this.nextLine(from);
    while (end < this.fieldsEnd && this.isBlank(end)) end = this.nextLine(end);
    let at = from;
    while (at < end && this.isBlank(at)) at += 1;
    while (end > at && this.isBlankOrBreak(end - 1)) end -= 1;
    const value = this.fields.toString('latin1', at, end);
    // A folded value is one with a blank in place of the fold (RFC 9112, section 5.2).
    return value.includes('\n') ? value.replace(/[\t ]*\r\n[\t ]+/g, ' ') : value;
  }

  private isBlank(at: number): boolean {
    return this.fields[at] === SP || this.fields[at] === HTAB;
  }

  private isBlankOrBreak(at: number): boolean {
    return this.isBlank(at) || this.fields[at] === CR || this.fields[at] === LF;
  }
}
