import { append, createByteBuffer } from '../framing/byte-buffer.ts';
import { SAMPLE_BYTES, SAMPLE_LINES } from './detect-format.ts';
import { createLaneLine, type LaneLine } from './lane-line.ts';

/** Of one line this much is looked at. */
const SCORED_BYTES = 64 * 1024;

/** Lines that are held until a format is found for them. */
export interface Sample {
  add(line: LaneLine): void;
  readonly size: number;
  isFull(): boolean;
  fromByte(): number | null;
  texts(): string[];
  /** Gives the lines out, in their order; the sample is empty from the first of them on, so that it can be filled again meanwhile. */
  drain(sink: (line: LaneLine) => void): void;
}

export function createSample(): Sample {
  let held = createByteBuffer();
  let lines: LaneLine[] = [];
  return {
    add(line) {
      const start = held.length;
      append(held, line.bytes, line.start, line.end);
      const copy = createLaneLine();
      copy.start = start;
      copy.end = held.length;
      copy.atByte = line.atByte;
      copy.fileLines = line.fileLines;
      copy.fileBytes = line.fileBytes;
      copy.timeMs = line.timeMs;
      copy.level = line.level;
      lines.push(copy);
    },
    get size() {
      return lines.length;
    },
    isFull: () => lines.length >= SAMPLE_LINES || held.length >= SAMPLE_BYTES,
    fromByte: () => lines[0]?.atByte ?? null,
    texts: () =>
      lines.map(({ start, end }) => held.bytes.toString('utf8', start, Math.min(end, start + SCORED_BYTES))),
    drain(sink) {
      const drained = lines;
      const { bytes } = held;
      lines = [];
      held = createByteBuffer();
      for (const line of drained) {
        line.bytes = bytes;
        sink(line);
      }
    },
  };
}
