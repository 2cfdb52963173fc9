import { createReadStream } from 'node:fs';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { pullFrom } from './pull.ts';
import { startProgram } from './program.ts';

export type Packing = 'gz' | 'zst' | 'bz2' | 'xz';

/** By the first bytes of the file: names lie. */
const MAGIC: readonly { packing: Packing; bytes: readonly number[] }[] = [
  { packing: 'gz', bytes: [0x1f, 0x8b, 0x08] },
  { packing: 'zst', bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { packing: 'bz2', bytes: [0x42, 0x5a, 0x68] },
  { packing: 'xz', bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
];
/** Node 20 unpacks gzip only. */
const PROGRAMS: Readonly<Record<Exclude<Packing, 'gz'>, readonly string[]>> = {
  zst: ['zstd', '-dcq', '--'],
  bz2: ['bzip2', '-dcq', '--'],
  xz: ['xz', '-dcq', '--'],
};
const PIECE_BYTES = 1_024 * 1_024;
/** Of a packed file, enough for the first bytes of its content; unpacked they are 4 MB at the very most. */
export const HEAD_BYTES = 4_096;

export function packingOf(head: Uint8Array): Packing | null {
  return MAGIC.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte))?.packing ?? null;
}

/** Content of a packed file. */
export interface Unpacking {
  /** Next bytes, null at the end. Throws with the reason when the file is damaged or the program is missing. */
  read(): Promise<Uint8Array | null>;
  close(): Promise<void>;
}

export function unpack(path: string, packing: Packing): Unpacking {
  return packing === 'gz' ? gunzip(path) : unpackWith(PROGRAMS[packing], path);
}

function gunzip(path: string): Unpacking {
  const packed = createReadStream(path, { highWaterMark: PIECE_BYTES });
  const content = createGunzip({ chunkSize: PIECE_BYTES });
  packed.on('error', (error) => content.destroy(error));
  content.on('close', () => packed.destroy());
  const pull = pullFrom(packed.pipe(content));
  return { read: () => pull.read(), close: () => Promise.resolve(pull.close()) };
}

function unpackWith(argv: readonly string[], path: string): Unpacking {
  const program = startProgram([...argv, path]);
  const pull = pullFrom(program.output);
  return {
    async read() {
      const bytes = await pull.read();
      if (bytes !== null) return bytes;
      const failure = await program.failure;
      if (failure !== null) throw new Error(failure);
      return null;
    },
    close: () => program.end(),
  };
}

/** First bytes of the content, at most `bytes`; `head` are the first HEAD_BYTES of the file. */
export async function unpackHead(
  path: string,
  packing: Packing,
  head: Uint8Array,
  bytes: number,
): Promise<Uint8Array> {
  if (packing === 'gz') {
    // Without its end, which is not there.
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, bytes);
  }
  const content = unpack(path, packing);
  try {
    const parts: Uint8Array[] = [];
    let length = 0;
    while (length < bytes) {
      const part = await content.read();
      if (part === null) break;
      parts.push(part.slice(0, bytes - length));
      length += part.length;
    }
    return new Uint8Array(Buffer.concat(parts));
  } finally {
    await content.close();
  }
}
