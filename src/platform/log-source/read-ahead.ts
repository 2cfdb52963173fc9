import type { FileHandle } from 'node:fs/promises';

/** Large enough that the cost of a read is lost in the time of its bytes, small enough to stay in the processor's cache. */
const CHUNK_BYTES = 1_024 * 1_024;

/** Reads a file piece by piece and has the next piece read while the last one is worked on. */
export interface ReadAhead {
  /** Bytes from `position` on, valid until the next call; empty at the end, or at `limit`. */
  read(file: FileHandle, position: number, limit: number): Promise<Uint8Array>;
  /** Waits for what is still being read: before its file is closed. */
  settle(): Promise<void>;
}

interface Pending {
  file: FileHandle;
  position: number;
  length: number;
  buffer: Uint8Array;
  result: Promise<number>;
}

/** One for all files of a reading: at most two pieces exist at a time, however many files there are. */
export function createReadAhead(chunkBytes = CHUNK_BYTES): ReadAhead {
  const buffers = [new Uint8Array(chunkBytes), new Uint8Array(chunkBytes)];
  let turn = 0;
  let pending: Pending | null = null;

  function begin(file: FileHandle, position: number, limit: number): Pending {
    const buffer = buffers[turn]!;
    turn = 1 - turn;
    const length = Math.min(chunkBytes, limit - position);
    const result = file.read(buffer, 0, length, position).then(({ bytesRead }) => bytesRead);
    // Whoever asks for it sees the failure; nobody may ever ask.
    result.catch(() => undefined);
    return { file, position, length, buffer, result };
  }

  async function settle(): Promise<void> {
    const left = pending;
    pending = null;
    await left?.result.catch(() => undefined);
  }

  return {
    async read(file, position, limit) {
      let current = pending;
      const isExpected = current?.file === file && current.position === position;
      if (!isExpected) await settle();
      if (position >= limit) return buffers[0]!.subarray(0, 0);
      if (current === null || !isExpected) current = begin(file, position, limit);
      pending = null;
      const bytesRead = await current.result;
      const next = position + bytesRead;
      if (bytesRead === current.length && next < limit) pending = begin(file, next, limit);
      return current.buffer.subarray(0, bytesRead);
    },
    settle,
  };
}
