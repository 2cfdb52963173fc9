import type { Exchange } from '../types.ts';
import { FAILED, NEED_MORE, ResponseFramer } from './framer.ts';
import type { CorpusCase, FramedResponse } from './response-corpus-fixtures.ts';

/** As the socket gives it: each piece stands at the beginning of the one buffer, over what stood there before. */
const SHARED = Buffer.allocUnsafeSlow(128 * 1024);

function exchangeOf(headOnly: boolean): Exchange {
  return { headOnly, wantsHead: true, wantsBody: true, onEvent: null };
}

/** Feeds the pieces and then the end of the connection; bytes after a response are the beginning of the next. */
export function frame(
  pieces: readonly Buffer[],
  { asked, expected }: Omit<CorpusCase, 'text' | 'name'>,
): FramedResponse[] {
  const framer = new ResponseFramer(1_000_000);
  const seen: FramedResponse[] = [];
  const expectNext = (): void => framer.expect(exchangeOf(asked[seen.length]?.headOnly ?? false));
  const take = (): void => {
    const { response, isReusable } = framer;
    const wanted = expected[seen.length];
    const names = typeof wanted === 'object' ? Object.keys(wanted.fields) : [];
    seen.push({
      status: response.status,
      body: response.body()?.toString('latin1') ?? '',
      bodyBytes: response.bodyBytes,
      isReusable,
      fields: Object.fromEntries(names.map((name) => [name, response.header(name) ?? 'absent'])),
    });
  };
  expectNext();
  for (const piece of pieces) {
    SHARED.fill(0xee, 0, piece.length + 64);
    piece.copy(SHARED);
    let at = 0;
    while (at < piece.length && seen.length < asked.length) {
      const next = framer.read(SHARED, at, piece.length, 1);
      if (next === FAILED) return [...seen, 'invalid'];
      if (next === NEED_MORE) break;
      at = next;
      take();
      expectNext();
    }
  }
  if (seen.length === asked.length) return seen;
  if (!framer.end()) return [...seen, 'cut'];
  take();
  return seen;
}

/** In pieces of these sizes, again and again. */
export function cut(bytes: Buffer, pieceSizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const size = pieceSizes[pieces.length % pieceSizes.length] ?? 1;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}
