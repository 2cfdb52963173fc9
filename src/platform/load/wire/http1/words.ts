const NO_WORDS = new Int32Array(0);
let lastBytes: Uint8Array | null = null;
let lastWords: Int32Array = NO_WORDS;

/** The same memory by four bytes; empty where it does not begin at a multiple of four. Nearly always the one buffer of the thread. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  if (bytes === lastBytes) return lastWords;
  const { buffer, byteOffset, length } = bytes;
  lastBytes = bytes;
  lastWords = byteOffset % 4 === 0 ? new Int32Array(buffer, byteOffset, length >> 2) : NO_WORDS;
  return lastWords;
}
