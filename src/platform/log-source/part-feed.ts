import { resolve } from 'node:path';
import { reasonOf } from '../../core/errors.ts';
import type { Feed } from './feed.ts';
import { type OpenLog, openLog } from './open-log.ts';
import type { ReadAhead } from './read-ahead.ts';
import type { LogSourceSpec, LogStream } from './types.ts';

/** Some of the bytes of one file. */
export function createPartFeed(
  { path, fromByte, toByte }: LogSourceSpec & { kind: 'part' },
  ahead: ReadAhead,
): Feed {
  const location = resolve(path);
  let stream: LogStream = { name: location, location, modifiedMs: null };
  let log: OpenLog | null = null;
  let isOver = false;
  return {
    async next() {
      if (isOver) return null;
      try {
        log ??= await openLog({ path: location, fromByte, toByte, ahead });
        stream = { ...stream, modifiedMs: log.identity?.modifiedMs ?? null };
        const bytes = await log.read();
        const { identity: file, atByte } = log;
        if (bytes !== null) return { type: 'chunk', stream, file, atByte: atByte - bytes.length, bytes };
        isOver = true;
        return { type: 'end', stream, atByte, file };
      } catch (thrown) {
        isOver = true;
        return { type: 'failed', stream, reason: reasonOf(thrown) };
      }
    },
    isOver: () => isOver,
    close: async () => log?.close(),
  };
}
