import { decodeContent } from '../content-coding.ts';

/** The first bytes of a body that passes by. */
export interface KeptBody {
  add(chunk: Buffer): void;
  /** null where it was larger than what is kept. */
  whole(): Buffer | null;
}

export function keepBody(maxBytes: number): KeptBody {
  let chunks: Buffer[] | null = [];
  let bytes = 0;
  return {
    add(chunk) {
      bytes += chunk.length;
      if (bytes > maxBytes) chunks = null;
      else chunks?.push(chunk);
    },
    whole: () => (chunks === null ? null : Buffer.concat(chunks)),
  };
}

/** Text of a body, decoded; null for what is no text, or is larger than `maxBytes` when it is unpacked. */
export function textOf(
  body: Buffer | null,
  { encoding, type }: { encoding: string | undefined; type: string | undefined },
  maxBytes: number,
): string | null {
  if (body === null || body.length === 0) return null;
  if (!/json|text|xml|form-urlencoded|javascript/i.test(type ?? 'text')) return null;
  try {
    return decodeContent(body, encoding?.trim().toLowerCase() ?? '', maxBytes)?.toString('utf8') ?? null;
  } catch {
    return null;
  }
}
