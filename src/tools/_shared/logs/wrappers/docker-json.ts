import { clear, createByteBuffer, reserve } from '../framing/byte-buffer.ts';
import { createKeyTable, findKey } from '../json/key-table.ts';
import { createJsonMembers, JSON_KIND, nextMember, openObject } from '../json/members.ts';
import { hasAll, topLevelMembers } from '../json/top-level.ts';
import { unescapeJson } from '../json/unescape.ts';
import { timeOf } from '../json/values.ts';
import { createDecodeContext } from '../time/decode-context.ts';
import { createUnwrapped, type WrapperKind } from './wrapper.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const KEY = { log: 0, stream: 1, time: 2 } as const;

/**
 * Docker's json-file driver: `{"log":"text\n","stream":"stdout","time":"..."}`. Lines over 16 KiB come in parts; only the last of them ends with a
 * line end.
 */
export const dockerJson: WrapperKind = {
  name: 'docker',
  matches(line) {
    const members = topLevelMembers(line);
    return members !== null && hasAll(members, 'log', 'stream', 'time');
  },
  create() {
    const inner = createUnwrapped();
    const members = createJsonMembers();
    const keys = createKeyTable(['log', 'stream', 'time']);
    const text = createByteBuffer();
    const context = createDecodeContext({ modifiedMs: 0, zoneOffsetMinutes: 0 });
    return {
      name: 'docker',
      unwrap(bytes, start, end, sink) {
        if (!openObject(members, bytes, start, end)) return false;
        let hasLog = false;
        let isWhole = false;
        inner.lane = 'stdout';
        inner.timeMs = Number.NaN;
        while (nextMember(members)) {
          const { valueStart, valueEnd, kind } = members;
          switch (findKey(keys, bytes, members.keyStart, members.keyEnd)) {
            case KEY.log:
              if (kind !== JSON_KIND.string) return false;
              hasLog = true;
              // Mostly the line end is the only escape, and the text can stay where it is.
              isWhole =
                members.isEscaped && members.escapeAt === valueEnd - 2 && bytes[valueEnd - 1] === 0x6e;
              if (isWhole) {
                inner.bytes = bytes;
                inner.start = valueStart;
                inner.end = valueEnd - 2;
              } else if (members.isEscaped) {
                clear(text);
                reserve(text, valueEnd - valueStart);
                inner.bytes = text.bytes;
                inner.start = 0;
                inner.end = unescapeJson(bytes, valueStart, valueEnd, text.bytes, 0);
              } else {
                inner.bytes = bytes;
                inner.start = valueStart;
                inner.end = valueEnd;
              }
              break;
            case KEY.stream:
              inner.lane = valueStart + 3 < valueEnd && bytes[valueStart + 3] === 0x65 ? 'stderr' : 'stdout';
              break;
            case KEY.time:
              inner.timeMs = timeOf(bytes, valueStart, valueEnd, kind, context);
              break;
            default:
          }
        }
        if (!hasLog) return false;
        inner.family = inner.lane;
        // A text without an escape has no line end either.
        inner.isPartial = !isWhole && (inner.end === inner.start || inner.bytes[inner.end - 1] !== NEWLINE);
        if (!inner.isPartial && !isWhole) {
          inner.end -= 1;
          if (inner.end > inner.start && inner.bytes[inner.end - 1] === RETURN) inner.end -= 1;
        }
        sink(inner);
        return true;
      },
      fields: (lane, sink) => sink('stream', lane),
    };
  },
};
