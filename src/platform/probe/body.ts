import { createBrotliDecompress, createGunzip, createInflate, constants } from 'node:zlib';
import type { Transform } from 'node:stream';
import type { WireAnswer } from './exchange.ts';

/** Keeps the first bytes of a body and counts the rest. */
export interface BodyKeeper {
  add(chunk: Buffer): void;
  kept(): Buffer;
  readonly truncated: boolean;
}

export function keepBody(maxBytes: number): BodyKeeper {
  const chunks: Buffer[] = [];
  let keptBytes = 0;
  let truncated = false;
  return {
    add(chunk) {
      const room = maxBytes - keptBytes;
      if (chunk.length > room) truncated = true;
      if (room <= 0) return;
      // A copy, so that a small piece does not hold on to the socket's large buffer.
      const piece = Buffer.from(chunk.subarray(0, room));
      chunks.push(piece);
      keptBytes += piece.length;
    },
    kept: () => Buffer.concat(chunks),
    get truncated() {
      return truncated;
    },
  };
}

/**
 * The body as text for assertions, decompressed up to `maxBytes`: a bomb costs no more than that. What cannot be
 * decompressed is taken as it came.
 */
export async function bodyText(
  answer: WireAnswer,
  maxBytes: number,
): Promise<{ text: string; truncated: boolean }> {
  const decoder = decoderFor(answer.headers.get('content-encoding'));
  const plain = decoder === undefined ? undefined : await decompress(answer.body, decoder, maxBytes);
  return {
    text: (plain?.kept() ?? answer.body).toString('utf8'),
    truncated: answer.bodyTruncated || plain?.truncated === true,
  };
}

/** Sync flush: a body that we cut off still gives what it holds. */
function decoderFor(encoding: string | undefined): Transform | undefined {
  switch (encoding?.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
    case 'deflate':
      return createInflate({ finishFlush: constants.Z_SYNC_FLUSH });
    case 'br':
      return createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH });
    default:
      return undefined;
  }
}

function decompress(body: Buffer, decoder: Transform, maxBytes: number): Promise<BodyKeeper | undefined> {
  const keeper = keepBody(maxBytes);
  return new Promise((resolve) => {
    decoder.on('data', (chunk: Buffer) => {
      keeper.add(chunk);
      if (!keeper.truncated) return;
      decoder.destroy();
      resolve(keeper);
    });
    decoder.once('end', () => resolve(keeper));
    decoder.once('error', () => resolve(undefined));
    decoder.end(body);
  });
}
