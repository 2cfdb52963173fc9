import type { Head } from './head.ts';
import { wordsOf } from './words.ts';

/**
 * Heads that this thread has read before. A server answers an endpoint with the same head again and again until the second of its
 * `Date` is over; to compare it four bytes at a time costs a fraction of reading it. What a head means depends on its bytes alone.
 */
interface KnownHead {
  /** Position after the empty line. */
  readonly end: number;
  readonly head: Head;
  readonly words: Int32Array;
  /** Its last bytes, which fill no word. */
  readonly tail: Uint8Array;
}

interface Place {
  known: KnownHead | null;
  /** Reads in a row that found another head here. */
  misses: number;
}

/** By the length of the read: endpoints mostly differ in it. */
const PLACES = 256;
const places: Place[] = Array.from({ length: PLACES }, () => ({ known: null, misses: 0 }));

/** Heads that never come again (each with its own request id) are soon no longer kept, and only tried again from time to time. */
const TRIES = 4;
const TRY_AGAIN_AFTER = 64;
const MAX_BYTES = 2_048;

/** The head at the beginning of a read of this length, if it is the one that came with the last such read. */
export function recallHead(bytes: Uint8Array, length: number): KnownHead | null {
  const { known } = places[length % PLACES]!;
  if (known === null || known.end > length) return null;
  const words = wordsOf(bytes);
  const knownWords = known.words;
  if (words.length < knownWords.length) return null;
  for (let index = 0; index < knownWords.length; index += 1) {
    if (words[index] !== knownWords[index]) return null;
  }
  const tailAt = knownWords.length << 2;
  for (let index = 0; index < known.tail.length; index += 1) {
    if (bytes[tailAt + index] !== known.tail[index]) return null;
  }
  places[length % PLACES]!.misses = 0;
  return known;
}

/** After a read of this length whose head, up to `end`, was not known. */
export function rememberHead(bytes: Uint8Array, length: number, end: number, head: Head): void {
  const place = places[length % PLACES]!;
  place.misses += 1;
  if (end > MAX_BYTES || (place.misses > TRIES && place.misses % TRY_AGAIN_AFTER !== 0)) return;
  const words = wordsOf(bytes);
  if (words.length << 2 < end) return;
  place.known = {
    end,
    head: { ...head },
    words: words.slice(0, end >> 2),
    // `slice` of a Buffer is no copy.
    tail: Uint8Array.from(bytes.subarray((end >> 2) << 2, end)),
  };
}
