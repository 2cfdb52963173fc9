import { expect, it } from 'vitest';
import type { Feed } from './feed.ts';
import { IDLE_MS, withIdle } from './idle-feed.ts';
import type { LogChunk, LogStream } from './types.ts';

const stream: LogStream = { name: 'stdin', location: 'stdin', modifiedMs: null };
const chunk: LogChunk = { type: 'chunk', stream, file: null, atByte: 0, bytes: new Uint8Array([10]) };

it('says once that nothing more came, and again after the next piece', async () => {
  let nowMs = 1_000;
  const pieces = [null, chunk, null, null, null, chunk, null];
  const feed: Feed = {
    next: () => Promise.resolve(pieces.shift() ?? null),
    isOver: () => false,
    close: () => Promise.resolve(),
  };
  const idle = withIdle(feed, { monotonicMs: () => nowMs });
  const seen: (string | null)[] = [];
  for (let turn = 0; turn < 9; turn += 1) {
    seen.push((await idle.next())?.type ?? null);
    nowMs += IDLE_MS / 2;
  }
  expect(seen).toEqual([null, 'chunk', null, 'idle', null, 'chunk', null, 'idle', null]);
});
