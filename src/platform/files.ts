import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { RearguardError, reasonOf } from '../core/errors.ts';
import { formatSize } from '../core/size.ts';

/** Files, behind an interface so that tools stay testable and paths stay explicit. */
export interface Files {
  /** Whole text; refuses more than `maxBytes`. */
  readText(path: string, maxBytes?: number): Promise<string>;
  /**
   * Line by line, whatever the size of the file: from the line after `fromByte` on (0: from the beginning), without line
   * ends. A longer line than `maxLineBytes` is cut there. A file whose name ends in `.gz` is unpacked on the way; bytes are those of
   * its content.
   */
  lines(path: string, options?: LineOptions): AsyncIterable<string>;
  /** In bytes. */
  size(path: string): Promise<number>;
  /** Writes beside the file and renames, so that a reader or a full disk never sees half of it. */
  writeText(path: string, text: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** What is in a folder, in the order of its names; a link is `other` and is not followed. */
  list(folder: string): Promise<FolderEntry[]>;
}

export interface LineOptions {
  fromByte?: number;
  maxLineBytes?: number;
  signal?: AbortSignal;
}

export interface FolderEntry {
  name: string;
  kind: 'file' | 'folder' | 'other';
}

const DEFAULT_MAX_BYTES = 16 * 1_024 * 1_024;
const CHUNK_BYTES = 64 * 1_024;
const DEFAULT_MAX_LINE_BYTES = 1_024 * 1_024;

/** The machine's own files. Throws E_FILE_UNREADABLE, E_FILE_TOO_LARGE and E_OUTPUT_WRITE. */
export const systemFiles: Files = {
  async readText(path, maxBytes = DEFAULT_MAX_BYTES) {
    try {
      return new TextDecoder().decode(await readBytes(path, maxBytes));
    } catch (thrown) {
      if (thrown instanceof RearguardError) throw thrown;
      throw new RearguardError('E_FILE_UNREADABLE', { path, reason: reasonOf(thrown) }, { cause: thrown });
    }
  },

  async *lines(path, options = {}) {
    try {
      yield* readLines(path, options);
    } catch (thrown) {
      options.signal?.throwIfAborted();
      throw new RearguardError('E_FILE_UNREADABLE', { path, reason: reasonOf(thrown) }, { cause: thrown });
    }
  },

  async size(path) {
    try {
      return (await stat(path)).size;
    } catch (thrown) {
      throw new RearguardError('E_FILE_UNREADABLE', { path, reason: reasonOf(thrown) }, { cause: thrown });
    }
  },

  async writeText(path, text) {
    try {
      await mkdir(dirname(path), { recursive: true });
      const mode = await modeOfFile(path);
      if (mode === 'not-a-file') await writeDurably(path, text, 'w', undefined);
      else await replace(await realpath(path).catch(() => path), text, mode);
    } catch (thrown) {
      throw new RearguardError('E_OUTPUT_WRITE', { path, reason: reasonOf(thrown) }, { cause: thrown });
    }
  },

  exists: (path) =>
    stat(path).then(
      () => true,
      () => false,
    ),

  async list(folder) {
    try {
      const entries = await readdir(folder, { withFileTypes: true });
      return entries
        .map((entry): FolderEntry => {
          const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
          return { name: entry.name, kind };
        })
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    } catch (thrown) {
      throw new RearguardError(
        'E_FILE_UNREADABLE',
        { path: folder, reason: reasonOf(thrown) },
        { cause: thrown },
      );
    }
  },
};

/** Reads no more than one byte too many, whatever size the file claims to have: pipes and /proc claim none. */
async function readBytes(path: string, maxBytes: number): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > maxBytes) throw tooLarge(path, size, maxBytes);
    const chunks: Buffer[] = [];
    let length = 0;
    for (;;) {
      const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(CHUNK_BYTES), position: null });
      if (bytesRead === 0) return Buffer.concat(chunks);
      length += bytesRead;
      if (length > maxBytes) throw tooLarge(path, length, maxBytes);
      chunks.push(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

function tooLarge(path: string, size: number, limit: number): RearguardError {
  return new RearguardError('E_FILE_TOO_LARGE', { path, size: formatSize(size), limit: formatSize(limit) });
}

const NEWLINE = 10;

async function* readLines(
  path: string,
  { fromByte = 0, maxLineBytes = DEFAULT_MAX_LINE_BYTES, signal }: LineOptions,
): AsyncGenerator<string> {
  // From the byte before: a line that begins exactly there is whole.
  const start = Math.max(0, fromByte - 1);
  const stream = openContent(path, start, signal);
  let skipping = fromByte > 0;
  let kept: Buffer[] = [];
  let keptBytes = 0;
  const keep = (part: Buffer): void => {
    const room = maxLineBytes - keptBytes;
    if (room <= 0) return;
    kept.push(part.subarray(0, room));
    keptBytes += Math.min(room, part.length);
  };
  const take = (): string => {
    const line = Buffer.concat(kept).toString('utf8').replace(/\r$/, '');
    kept = [];
    keptBytes = 0;
    return line;
  };
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      keep(chunk.subarray(from, end));
      const line = take();
      if (!skipping) yield line;
      skipping = false;
      from = end + 1;
    }
    keep(chunk.subarray(from));
  }
  if (keptBytes > 0 && !skipping) yield take();
}

function openContent(path: string, start: number, signal: AbortSignal | undefined): AsyncIterable<Buffer> {
  const options = { highWaterMark: CHUNK_BYTES, ...(signal ? { signal } : {}) };
  if (!path.endsWith('.gz')) return createReadStream(path, { start, ...options }) as AsyncIterable<Buffer>;
  const packed = createReadStream(path, options);
  const content = createGunzip();
  packed.on('error', (error) => content.destroy(error));
  content.on('close', () => packed.destroy());
  return dropFirst(packed.pipe(content) as AsyncIterable<Buffer>, start);
}

async function* dropFirst(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of chunks) {
    if (left < chunk.length) yield left === 0 ? chunk : chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

/** Permissions of the file that is there; a device (/dev/stdout, /dev/null) is written to and never replaced. */
async function modeOfFile(path: string): Promise<number | undefined | 'not-a-file'> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  return found.isFile() ? found.mode & 0o777 : 'not-a-file';
}

async function replace(path: string, text: string, mode: number | undefined): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeDurably(temporary, text, 'wx', mode);
    await rename(temporary, path);
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw thrown;
  }
}

async function writeDurably(
  path: string,
  text: string,
  flag: 'w' | 'wx',
  mode: number | undefined,
): Promise<void> {
  const file = await open(path, flag, mode ?? 0o666);
  try {
    // Again, because the umask took its part.
    if (mode !== undefined) await file.chmod(mode);
    await file.writeFile(text);
    // Before the rename, or a power cut could leave the new name on an empty file.
    if (flag === 'wx') await file.sync();
  } finally {
    await file.close();
  }
}
