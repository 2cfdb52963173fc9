import type { Clock } from '../clock.ts';
import type { Feed } from './feed.ts';
import type { LogStream } from './types.ts';

/** A record that is not begun on within this time is whole. */
export const IDLE_MS = 2_000;

/** Says once that nothing came for a while: a pipe does not tell whether its last record goes on. */
export function withIdle(feed: Feed, clock: Pick<Clock, 'monotonicMs'>): Feed {
  let quiet: LogStream | null = null;
  let lastChunkAtMs = 0;
  return {
    async next() {
      const given = await feed.next();
      if (given?.type === 'chunk') {
        quiet = given.stream;
        lastChunkAtMs = clock.monotonicMs();
      }
      if (given !== null || quiet === null || clock.monotonicMs() - lastChunkAtMs < IDLE_MS) return given;
      const stream = quiet;
      quiet = null;
      return { type: 'idle', stream };
    },
    isOver: () => feed.isOver(),
    close: () => feed.close(),
  };
}
