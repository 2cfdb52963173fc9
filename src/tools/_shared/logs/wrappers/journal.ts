import { levelOfSeverity } from '../formats/support/level-words.ts';
import { append, clear, createByteBuffer, reserve } from '../framing/byte-buffer.ts';
import { createKeyTable, findKey } from '../json/key-table.ts';
import {
  createJsonMembers,
  JSON_KIND,
  nextElement,
  nextMember,
  openArray,
  openObject,
} from '../json/members.ts';
import { topLevelMembers } from '../json/top-level.ts';
import { unescapeJson } from '../json/unescape.ts';
import { numberOf } from '../json/values.ts';
import { createUnwrapped, type WrapperKind } from './wrapper.ts';

const KEY = {
  message: 0,
  priority: 1,
  realtime: 2,
  source: 3,
  unit: 4,
  identifier: 5,
  pid: 6,
  host: 7,
} as const;
const KEYS = [
  'MESSAGE',
  'PRIORITY',
  '__REALTIME_TIMESTAMP',
  '_SOURCE_REALTIME_TIMESTAMP',
  '_SYSTEMD_UNIT',
  'SYSLOG_IDENTIFIER',
  '_PID',
  '_HOSTNAME',
];
/** What a lane's name is made of, in this order. */
const LANE_FIELDS = ['host', 'unit', 'logger', 'pid'] as const;
const SEPARATOR = '\t';

/**
 * `journalctl -o json`. A lane is one process: what several write is never joined. Messages that are no UTF-8 come as arrays of bytes (systemd's
 * "Journal JSON Format").
 */
export const journal: WrapperKind = {
  name: 'journal',
  matches(line) {
    const members = topLevelMembers(line);
    return members !== null && members.has('__REALTIME_TIMESTAMP') && members.has('MESSAGE');
  },
  create() {
    const inner = createUnwrapped();
    const members = createJsonMembers();
    const elements = createJsonMembers();
    const keys = createKeyTable(KEYS);
    const text = createByteBuffer();

    function setBytes(bytes: Buffer, start: number, end: number): void {
      clear(text);
      if (!openArray(elements, bytes, start, end)) return;
      reserve(text, end - start);
      while (nextElement(elements))
        text.bytes[text.length++] = numberOf(bytes, elements.valueStart, elements.valueEnd);
    }

    return {
      name: 'journal',
      unwrap(bytes, start, end, sink) {
        if (!openObject(members, bytes, start, end)) return false;
        let hasMessage = false;
        let host = '';
        let unit = '';
        let identifier = '';
        let pid = '';
        inner.timeMs = Number.NaN;
        inner.level = 0;
        inner.isPartial = false;
        while (nextMember(members)) {
          const { valueStart, valueEnd, kind } = members;
          switch (findKey(keys, bytes, members.keyStart, members.keyEnd)) {
            case KEY.message:
              hasMessage = true;
              clear(text);
              if (kind === JSON_KIND.array) setBytes(bytes, valueStart, valueEnd);
              else if (kind === JSON_KIND.string) {
                reserve(text, valueEnd - valueStart);
                text.length = unescapeJson(bytes, valueStart, valueEnd, text.bytes, 0);
              } else append(text, bytes, valueStart, valueEnd);
              break;
            case KEY.priority:
              inner.level = levelOfSeverity(numberOf(bytes, valueStart, valueEnd));
              break;
            case KEY.realtime:
              if (Number.isNaN(inner.timeMs))
                inner.timeMs = Math.floor(numberOf(bytes, valueStart, valueEnd) / 1_000);
              break;
            case KEY.source:
              inner.timeMs = Math.floor(numberOf(bytes, valueStart, valueEnd) / 1_000);
              break;
            case KEY.unit:
              unit = bytes.toString('utf8', valueStart, valueEnd);
              break;
            case KEY.identifier:
              identifier = bytes.toString('utf8', valueStart, valueEnd);
              break;
            case KEY.pid:
              pid = bytes.toString('utf8', valueStart, valueEnd);
              break;
            case KEY.host:
              host = bytes.toString('utf8', valueStart, valueEnd);
              break;
            default:
          }
        }
        if (!hasMessage) return false;
        inner.bytes = text.bytes;
        inner.start = 0;
        inner.end = text.length;
        inner.family = unit + SEPARATOR + identifier;
        inner.lane = [host, unit, identifier, pid].join(SEPARATOR);
        sink(inner);
        return true;
      },
      fields(lane, sink) {
        lane.split(SEPARATOR).forEach((value, index) => {
          if (value !== '') sink(LANE_FIELDS[index] ?? 'journal', value);
        });
      },
    };
  },
};
