/** Bytes that have been read before, kept to be recognized. */
export interface KnownBytes {
  readonly bytes: Buffer;
  readonly view: DataView;
}

/** From here on, a call into native code is faster than the loop. */
const NATIVE_FROM_BYTES = 512;

let lastSource: Buffer | null = null;
let lastView: DataView = new DataView(new ArrayBuffer(0));

/** A copy. */
export function knownBytes(source: Uint8Array): KnownBytes {
  const bytes = Buffer.from(source);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

/**
 * Whether these are the bytes between two positions. Nothing is allocated: a Buffer of a part of another costs more than to compare
 * the two. By four bytes, wherever they begin, as only a DataView reads them.
 */
export function isKnown({ bytes, view }: KnownBytes, source: Buffer, from: number, end: number): boolean {
  const { length } = bytes;
  if (end - from !== length) return false;
  if (length >= NATIVE_FROM_BYTES) return source.compare(bytes, 0, length, from, end) === 0;
  const sourceView = viewOf(source);
  const wordsEnd = length & ~3;
  for (let at = 0; at < wordsEnd; at += 4) {
    if (sourceView.getInt32(from + at) !== view.getInt32(at)) return false;
  }
  for (let at = wordsEnd; at < length; at += 1) {
    if (source[from + at] !== bytes[at]) return false;
  }
  return true;
}

/** Nearly always of the one buffer of the thread. */
function viewOf(source: Buffer): DataView {
  if (source === lastSource) return lastView;
  lastSource = source;
  lastView = new DataView(source.buffer, source.byteOffset, source.length);
  return lastView;
}
