import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { reasonOf } from '../../core/errors.ts';
import { identityOf, PREFIX_BYTES, readAt } from './identity.ts';
import { createReadAhead, type ReadAhead } from './read-ahead.ts';
import type { LogChunk, LogNotice, LogSources, LogStream, ReadLogsOptions } from './types.ts';

/** Log files of this machine, and programs that print logs. */
export function createLogSources(): LogSources {
  return {
    async files({ specs }) {
      const found = [];
      for (const spec of specs) {
        if (spec.kind !== 'files') continue;
        const name = resolve(spec.path);
        const stats = await stat(name).catch(() => null);
        if (stats === null) continue;
        const stream = { name, location: name, modifiedMs: stats.mtimeMs };
        found.push({ stream, bytes: stats.size, packed: false });
      }
      return found;
    },
    async *read(options) {
      const ahead = createReadAhead();
      for (const spec of options.specs) {
        if (spec.kind === 'files') yield* readFile(spec.path, 0, Number.POSITIVE_INFINITY, options, ahead);
        if (spec.kind === 'part') yield* readFile(spec.path, spec.fromByte, spec.toByte, options, ahead);
      }
    },
  };
}

async function* readFile(
  path: string,
  fromByte: number,
  toByte: number,
  { checkpoints, signal }: ReadLogsOptions,
  ahead: ReadAhead,
): AsyncGenerator<LogChunk | LogNotice> {
  const name = resolve(path);
  let stream: LogStream = { name, location: name, modifiedMs: null };
  const file = await open(name, 'r').catch((thrown: unknown) => reasonOf(thrown));
  if (typeof file === 'string') {
    yield { type: 'failed', stream, reason: file };
    return;
  }
  try {
    const stats = await file.stat();
    stream = { ...stream, modifiedMs: stats.mtimeMs };
    const identity = identityOf(stats, await readAt(file, 0, PREFIX_BYTES));
    const limit = Math.min(toByte, stats.size);
    let atByte = checkpoints.find(({ stream }) => stream === name)?.atByte ?? fromByte;
    while (!signal.aborted) {
      const bytes = await ahead.read(file, atByte, limit);
      if (bytes.length === 0) break;
      yield { type: 'chunk', stream, file: identity, atByte, bytes };
      atByte += bytes.length;
    }
    yield { type: 'end', stream, atByte, file: identity };
  } catch (thrown) {
    yield { type: 'failed', stream, reason: reasonOf(thrown) };
  } finally {
    await ahead.settle();
    await file.close();
  }
}
