import { createReadStream, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { identityOf, PREFIX_BYTES, readAt } from './identity.ts';
import { HEAD_BYTES, packingOf, unpack, unpackHead, type Unpacking } from './packing.ts';
import { pullFrom } from './pull.ts';
import type { ReadAhead } from './read-ahead.ts';
import type { FileIdentity } from './types.ts';

/** A log file that is open: whatever it is renamed to, it is this one. */
export interface OpenLog {
  path: string;
  /** Null for pipes. */
  identity: FileIdentity | null;
  isPacked: boolean;
  /** Content offset of what is read next. */
  atByte: number;
  /** Bytes as it lies on the disk, when last looked at. */
  bytes: number;
  /** The content just before `atByte`, up to PREFIX_BYTES of it: what it must still be when more has come. */
  tail: Uint8Array;
  /** Next bytes, valid until the next call of any log that shares the ReadAhead; null when there are none now. */
  read(): Promise<Uint8Array | null>;
  /** Looks at the file again (plain ones): whether there is more, or what was read is there no longer. */
  look(): Promise<LogLook>;
  close(): Promise<void>;
}

export type LogLook = 'same' | 'more' | 'cut';

export interface OpenLogOptions {
  path: string;
  fromByte: number;
  /** First byte that is not read; null: what there is when it is opened, and after each look. */
  toByte: number | null;
  ahead: ReadAhead;
}

/** Throws what the system says. */
export async function openLog({ path, fromByte, toByte, ahead }: OpenLogOptions): Promise<OpenLog> {
  const file = await open(path, 'r');
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw new Error('it is a folder');
    if (!stats.isFile()) return pipeLog(path, file);
    const head = await readAt(file, 0, HEAD_BYTES);
    const packing = packingOf(head);
    if (packing === null) return await plainLog({ path, fromByte, toByte, ahead }, file, stats, head);
    const prefix = await unpackHead(path, packing, head, PREFIX_BYTES);
    await file.close();
    return packedLog(path, fromByte, stats, prefix, unpack(path, packing));
  } catch (thrown) {
    await file.close().catch(() => undefined);
    throw thrown;
  }
}

/** First bytes of a file's content, up to PREFIX_BYTES; throws what the system says. */
export async function prefixOf(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const head = await readAt(file, 0, HEAD_BYTES);
    const packing = packingOf(head);
    return packing === null
      ? head.subarray(0, PREFIX_BYTES)
      : await unpackHead(path, packing, head, PREFIX_BYTES);
  } finally {
    await file.close();
  }
}

async function plainLog(
  { path, fromByte, toByte, ahead }: OpenLogOptions,
  file: FileHandle,
  opened: Stats,
  head: Uint8Array,
): Promise<OpenLog> {
  let seen = opened;
  let prefix: Uint8Array = head.slice(0, PREFIX_BYTES);
  const log: OpenLog = {
    path,
    identity: identityOf(seen, prefix),
    isPacked: false,
    atByte: fromByte,
    bytes: seen.size,
    tail: await readAt(file, Math.max(0, fromByte - PREFIX_BYTES), Math.min(PREFIX_BYTES, fromByte)),
    async read() {
      const bytes = await ahead.read(file, log.atByte, toByte ?? limitOf(seen));
      if (bytes.length === 0) return null;
      if (prefix.length < PREFIX_BYTES && log.atByte <= prefix.length) {
        // It has grown since it was looked at: what is read of it must be in its identity.
        prefix = firstBytes(prefix.subarray(0, log.atByte), bytes);
        log.identity = identityOf(seen, prefix);
      }
      log.atByte += bytes.length;
      log.tail = tailAfter(log.tail, bytes);
      return bytes;
    },
    async look() {
      const now = await file.stat();
      const isChanged = now.size !== seen.size || now.mtimeMs !== seen.mtimeMs;
      seen = now;
      log.bytes = now.size;
      if (now.size < log.atByte) return 'cut';
      if (isChanged) {
        // Cut and grown again, it may be as long as before or longer.
        const tail = await readAt(file, log.atByte - log.tail.length, log.tail.length);
        if (!sameBytes(tail, log.tail)) return 'cut';
        if (prefix.length < PREFIX_BYTES || log.atByte === 0) prefix = await readAt(file, 0, PREFIX_BYTES);
        log.identity = identityOf(now, prefix);
      }
      return now.size > log.atByte ? 'more' : 'same';
    },
    async close() {
      await ahead.settle();
      await file.close();
    },
  };
  return log;
}

function firstBytes(before: Uint8Array, bytes: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([before, bytes.subarray(0, PREFIX_BYTES - before.length)]));
}

/** What is there now, or a busy writer would never let us come to an end. Files of /proc say that they are empty. */
function limitOf({ size }: Stats): number {
  return size === 0 ? Number.POSITIVE_INFINITY : size;
}

function packedLog(
  path: string,
  fromByte: number,
  stats: Stats,
  prefix: Uint8Array,
  content: Unpacking,
): OpenLog {
  let unpackedBytes = 0;
  const log: OpenLog = {
    path,
    identity: identityOf(stats, prefix),
    isPacked: true,
    atByte: fromByte,
    bytes: stats.size,
    tail: new Uint8Array(0),
    async read() {
      for (;;) {
        const bytes = await content.read();
        if (bytes === null) return null;
        const skipped = Math.max(0, fromByte - unpackedBytes);
        unpackedBytes += bytes.length;
        if (skipped >= bytes.length) continue;
        const wanted = bytes.subarray(skipped);
        log.atByte += wanted.length;
        log.tail = tailAfter(log.tail, wanted);
        return wanted;
      }
    },
    look: () => Promise.resolve('same'),
    close: () => content.close(),
  };
  return log;
}

function pipeLog(path: string, file: FileHandle): OpenLog {
  const pull = pullFrom(createReadStream('', { fd: file.fd, autoClose: false }));
  const log: OpenLog = {
    path,
    identity: null,
    isPacked: false,
    atByte: 0,
    bytes: 0,
    tail: new Uint8Array(0),
    async read() {
      const bytes = await pull.read();
      log.atByte += bytes?.length ?? 0;
      return bytes;
    },
    look: () => Promise.resolve('same'),
    async close() {
      pull.close();
      await file.close().catch(() => undefined);
    },
  };
  return log;
}

function tailAfter(tail: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (bytes.length >= PREFIX_BYTES) return bytes.slice(bytes.length - PREFIX_BYTES);
  const kept = tail.subarray(Math.max(0, tail.length + bytes.length - PREFIX_BYTES));
  const joined = new Uint8Array(kept.length + bytes.length);
  joined.set(kept);
  joined.set(bytes, kept.length);
  return joined;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
