import { clear, createByteBuffer, reserve } from './byte-buffer.ts';
import { LINE_CAP_BYTES, lineCapAt } from './caps.ts';
import type { LineSink } from './lines.ts';

/** Lines of UTF-16 (PowerShell's `>` and many Windows services write it), given out as UTF-8. Offsets stay those of the file. */
export interface Utf16Lines {
  push(bytes: Uint8Array, start: number, end: number, atByte: number): void;
  flush(): void;
  /** Offset of the first byte of the line that is not whole yet. */
  lineFromByte(): number;
}

export function createUtf16Lines(bigEndian: boolean, atByte: number, sink: LineSink): Utf16Lines {
  const line = createByteBuffer();
  let lineFrom = atByte;
  let position = atByte;
  let isCut = false;
  /** First byte of a unit whose second is in the next chunk; -1 for none. */
  let half = -1;
  let highSurrogate = 0;

  function endLine(): void {
    if (highSurrogate !== 0) put(0xfffd);
    highSurrogate = 0;
    let end = line.length;
    if (end > 0 && line.bytes[end - 1] === 0x0d) end -= 1;
    sink(line.bytes, 0, end, lineFrom, position, isCut);
    clear(line);
    lineFrom = position;
    isCut = false;
  }

  function put(codePoint: number): void {
    if (line.length >= LINE_CAP_BYTES && line.length >= lineCapAt(line.bytes, 0, line.length)) {
      isCut = true;
      return;
    }
    reserve(line, 4);
    const { bytes } = line;
    if (codePoint < 0x80) bytes[line.length++] = codePoint;
    else if (codePoint < 0x800) {
      bytes[line.length++] = 0xc0 | (codePoint >> 6);
      bytes[line.length++] = 0x80 | (codePoint & 0x3f);
    } else if (codePoint < 0x1_0000) {
      bytes[line.length++] = 0xe0 | (codePoint >> 12);
      bytes[line.length++] = 0x80 | ((codePoint >> 6) & 0x3f);
      bytes[line.length++] = 0x80 | (codePoint & 0x3f);
    } else {
      bytes[line.length++] = 0xf0 | (codePoint >> 18);
      bytes[line.length++] = 0x80 | ((codePoint >> 12) & 0x3f);
      bytes[line.length++] = 0x80 | ((codePoint >> 6) & 0x3f);
      bytes[line.length++] = 0x80 | (codePoint & 0x3f);
    }
  }

  function unit(value: number): void {
    if (highSurrogate !== 0) {
      const high = highSurrogate;
      highSurrogate = 0;
      if (value >= 0xdc00 && value <= 0xdfff) {
        put(0x1_0000 + ((high - 0xd800) << 10) + (value - 0xdc00));
        return;
      }
      put(0xfffd);
    }
    if (value === 0x0a) endLine();
    else if (value >= 0xd800 && value <= 0xdbff) highSurrogate = value;
    else if (value >= 0xdc00 && value <= 0xdfff) put(0xfffd);
    // A byte-order mark may stand at the beginning of each piece that was appended; NUL is a hole.
    else if (value !== 0xfeff && value !== 0) put(value);
  }

  return {
    push(bytes, start, end, atByte) {
      position = atByte;
      for (let at = start; at < end; at += 1) {
        position += 1;
        if (half === -1) half = bytes[at]!;
        else {
          const first = half;
          half = -1;
          unit(bigEndian ? (first << 8) | bytes[at]! : (bytes[at]! << 8) | first);
        }
      }
    },
    flush() {
      if (half !== -1) put(0xfffd);
      half = -1;
      if (position > lineFrom) endLine();
    },
    lineFromByte: () => lineFrom,
  };
}
