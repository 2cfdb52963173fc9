const LF = 10;
const CR = 13;
const COLON = 58;
const SP = 32;

/** UTF-8 of "data" and of the byte order mark that a stream may begin with. */
const DATA = [100, 97, 116, 97];
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Reads server-sent events (WHATWG HTML, section 9.2.6) from bytes that were split anywhere. Only `data` is kept: names, ids and retry
 * times are nothing a load generator acts on. Bytes are decoded line by line, so a character is never cut.
 */
export class EventStreamParser {
  /** Of the line that has begun. */
  private line: Buffer;
  private lineLength = 0;
  private data = '';
  private hasData = false;
  private isFirstLine = true;
  private isAfterCr = false;
  private readonly maxBytes: number;

  /** Lines beyond `maxBytes`, and data beyond as many characters, are cut: a stream may not fill the memory. */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
    this.line = Buffer.allocUnsafe(256);
  }

  /** Calls `onEvent` for each event that these bytes end; returns true, and reads no further, when that returned true. */
  read(
    bytes: Buffer,
    from: number,
    end: number,
    atMs: number,
    onEvent: (data: string, atMs: number) => boolean,
  ): boolean {
    let lineAt = from;
    for (let at = from; at < end; at += 1) {
      const byte = bytes[at]!;
      if (byte !== LF && byte !== CR) {
        this.isAfterCr = false;
        continue;
      }
      const isSecondOfPair = byte === LF && this.isAfterCr;
      this.isAfterCr = byte === CR;
      if (!isSecondOfPair) {
        this.keep(bytes, lineAt, at);
        if (this.endLine(atMs, onEvent)) return true;
      }
      lineAt = at + 1;
    }
    this.keep(bytes, lineAt, end);
    return false;
  }

  private keep(bytes: Buffer, from: number, end: number): void {
    const length = Math.min(end - from, this.maxBytes - this.lineLength);
    if (length <= 0) return;
    if (this.lineLength + length > this.line.length) {
      const larger = Buffer.allocUnsafe((this.lineLength + length) * 2);
      this.line.copy(larger, 0, 0, this.lineLength);
      this.line = larger;
    }
    bytes.copy(this.line, this.lineLength, from, from + length);
    this.lineLength += length;
  }

  /** The line is whole: an empty one ends an event. */
  private endLine(atMs: number, onEvent: (data: string, atMs: number) => boolean): boolean {
    const length = this.lineLength;
    let at = 0;
    if (
      this.isFirstLine &&
      BYTE_ORDER_MARK.every((byte, index) => this.line[index] === byte && index < length)
    ) {
      at = BYTE_ORDER_MARK.length;
    }
    this.isFirstLine = false;
    this.lineLength = 0;
    if (at === length) {
      if (!this.hasData) return false;
      const data = this.data;
      this.data = '';
      this.hasData = false;
      return onEvent(data, atMs);
    }
    if (!this.isDataField(at, length)) return false;
    let valueAt = Math.min(length, at + DATA.length + 1);
    if (valueAt < length && this.line[valueAt] === SP) valueAt += 1;
    if (this.data.length < this.maxBytes) {
      const value = this.line.toString('utf8', valueAt, length);
      this.data = this.hasData ? `${this.data}\n${value}` : value;
    }
    this.hasData = true;
    return false;
  }

  /** The field's name is all before the colon, or the whole line. */
  private isDataField(at: number, end: number): boolean {
    const nameEnd = at + DATA.length;
    if (end < nameEnd || (end > nameEnd && this.line[nameEnd] !== COLON)) return false;
    return DATA.every((byte, index) => this.line[at + index] === byte);
  }
}
