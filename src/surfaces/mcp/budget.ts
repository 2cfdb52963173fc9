/** What one answer may cost whoever reads it. */
export const MAX_RESULT_TOKENS = 8_000;

/**
 * Tokens of a text, on the high side: real tokenizers take 3.3 to 4.5 bytes of English or JSON for one token, and fewer of other scripts, whose
 * characters have more bytes.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 3);
}

/** The largest whole number from 1 to `most` for which `fits` holds; 1 where it never does. `fits` is true below some size and false above it. */
export function largestThatFits(most: number, fits: (size: number) => boolean): number {
  if (fits(most)) return most;
  let low = 1;
  let high = most;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
