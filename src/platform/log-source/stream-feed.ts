import type { Readable } from 'node:stream';
import { reasonOf } from '../../core/errors.ts';
import type { Feed } from './feed.ts';
import { pullFrom } from './pull.ts';
import type { LogStream } from './types.ts';

/** What comes through a pipe, stdin above all. */
export function createStreamFeed(name: string, readable: Readable, onReady: () => void): Feed {
  const stream: LogStream = { name, location: name, modifiedMs: null };
  const pull = pullFrom(readable, onReady);
  let atByte = 0;
  let isOver = false;
  return {
    async next() {
      if (isOver) return null;
      try {
        const bytes = pull.poll();
        if (bytes === null) {
          isOver = true;
          return { type: 'end', stream, atByte, file: null };
        }
        if (bytes.length === 0) return null;
        atByte += bytes.length;
        return { type: 'chunk', stream, file: null, atByte: atByte - bytes.length, bytes };
      } catch (thrown) {
        isOver = true;
        return { type: 'failed', stream, reason: reasonOf(thrown) };
      }
    },
    isOver: () => isOver,
    close: () => Promise.resolve(pull.close()),
  };
}
