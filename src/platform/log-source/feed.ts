import type { LogChunk, LogNotice } from './types.ts';

/** Something that gives log bytes when asked. Some know when they have something and say so; the others are asked now and then. */
export interface Feed {
  /** What comes next; null: nothing now. A chunk is valid until the next call of any feed. */
  next(): Promise<LogChunk | LogNotice | null>;
  /** No more will come. */
  isOver(): boolean;
  close(): Promise<void>;
}
