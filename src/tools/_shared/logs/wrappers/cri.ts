import { createDecodeContext } from '../time/decode-context.ts';
import { readIsoTime } from '../time/iso.ts';
import { createTimeReading } from '../time/reading.ts';
import { createUnwrapped, type WrapperKind } from './wrapper.ts';

const LINE =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}(?:Z|[+-]\d\d:\d\d) (?:stdout|stderr) [FP](?::\S*)?(?: |$)/;
const SPACE = 0x20;
/** From the space before the stream's name to the mark. */
const MARKED_BYTES = ' stdout F'.length;

/**
 * Files of containerd and CRI-O, `2026-03-01T08:15:30.123456789Z stdout F text`: the Kubernetes container runtime interface. Lines marked `P` are
 * parts of one line, to be joined without anything between them.
 */
export const cri: WrapperKind = {
  name: 'cri',
  matches: (line) => LINE.test(line),
  create() {
    const inner = createUnwrapped();
    const reading = createTimeReading();
    const context = createDecodeContext({ modifiedMs: 0, zoneOffsetMinutes: 0 });
    return {
      name: 'cri',
      unwrap(bytes, start, end, sink) {
        if (end - start < 31 || !readIsoTime(bytes, start, end, context, reading)) return false;
        let at = reading.end;
        // Behind the line stands whatever was there before.
        if (at + MARKED_BYTES > end) return false;
        // ` stdout F ` or ` stderr P `, told by what differs in them.
        const fourth = bytes[at + 4];
        if (bytes[at] !== SPACE || bytes[at + 1] !== 0x73 || (fourth !== 0x6f && fourth !== 0x65))
          return false;
        at += 7;
        const mark = bytes[at + 1];
        if (bytes[at] !== SPACE || (mark !== 0x46 && mark !== 0x50)) return false;
        at += 2;
        // Tags may follow the mark, after colons.
        while (at < end && bytes[at] !== SPACE) at += 1;
        inner.bytes = bytes;
        inner.start = Math.min(at + 1, end);
        inner.end = end;
        inner.lane = fourth === 0x65 ? 'stderr' : 'stdout';
        inner.family = inner.lane;
        inner.isPartial = mark === 0x50;
        inner.timeMs = reading.ms;
        sink(inner);
        return true;
      },
      fields: (lane, sink) => sink('stream', lane),
    };
  },
};
