import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

/**
 * A body as it was before it was encoded (RFC 9110, section 8.4.1), at most this large; null for a coding that is not known. Throws
 * what zlib throws for a body that is damaged or becomes larger.
 */
export function decodeContent(body: Buffer, coding: string, maxBytes: number): Buffer | null {
  const limit = { maxOutputLength: maxBytes };
  switch (coding) {
    case '':
    case 'identity':
      return body;
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(body, limit);
    case 'br':
      return brotliDecompressSync(body, limit);
    case 'deflate':
      return inflateSync(body, limit);
    default:
      return null;
  }
}
