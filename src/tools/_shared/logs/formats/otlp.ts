import { LEVEL, type LogLevel } from '../../../../core/log/level.ts';
import type { RecordView } from '../../../../core/log/record-view.ts';
import type { DecodeContext, LogFormat } from '../format.ts';
import { jsonFormat } from '../json/json-format.ts';
import {
  createJsonMembers,
  JSON_KIND,
  nextElement,
  nextMember,
  openArray,
  openObject,
} from '../json/members.ts';
import { attributeFields } from '../json/otlp-attributes.ts';
import { setText, undoDoubleEscapes } from '../json/values.ts';
import { createKeyTable, findKey } from '../json/key-table.ts';
import { ascii, indexOf } from './support/bytes.ts';

const base = jsonFormat({
  name: 'otlp',
  title: 'OpenTelemetry log records (OTLP JSON)',
  score(members) {
    const hasTime = members.has('timeUnixNano') || members.has('observedTimeUnixNano');
    return hasTime && (members.has('body') || members.has('severityNumber')) ? 0.95 : 0;
  },
  keys: {
    time: ['timeUnixNano', 'observedTimeUnixNano'],
    level: ['severityNumber', 'severityText'],
    message: ['body.stringValue', 'body'],
  },
  levelOfNumber: levelOfSeverityNumber,
  samples: [],
});

/** Log data model of OpenTelemetry: 1 to 24, four to a level. */
function levelOfSeverityNumber(severity: number): LogLevel {
  return severity >= 1 && severity <= 24 ? (Math.ceil(severity / 4) as LogLevel) : LEVEL.unknown;
}

const EXCEPTION = ascii('"exception.');
const MEMBER = createKeyTable(['attributes']);
const ATTRIBUTE = createKeyTable(['key', 'value']);
const NAME = createKeyTable(['exception.type', 'exception.stacktrace', 'exception.message']);
const record = createJsonMembers();
const list = createJsonMembers();
const attribute = createJsonMembers();
const value = createJsonMembers();

/** Exceptions stand among the attributes (semantic conventions, "Exceptions in logs"). */
function readException(view: RecordView, context: DecodeContext): void {
  const { bytes, start, end } = view.raw;
  if (indexOf(bytes, start, end, EXCEPTION) === -1 || !openObject(record, bytes, start, end)) return;
  while (nextMember(record)) {
    if (findKey(MEMBER, bytes, record.keyStart, record.keyEnd) === -1) continue;
    if (!openArray(list, bytes, record.valueStart, record.valueEnd)) continue;
    while (nextElement(list)) readAttribute(view, context);
  }
}

function readAttribute(view: RecordView, context: DecodeContext): void {
  const { bytes } = list;
  if (!openObject(attribute, bytes, list.valueStart, list.valueEnd)) return;
  let name = -1;
  while (nextMember(attribute)) {
    const key = findKey(ATTRIBUTE, bytes, attribute.keyStart, attribute.keyEnd);
    if (key === 0) name = findKey(NAME, bytes, attribute.valueStart, attribute.valueEnd);
    if (key !== 1 || name === -1 || !openObject(value, bytes, attribute.valueStart, attribute.valueEnd))
      continue;
    if (!nextMember(value) || value.kind !== JSON_KIND.string) continue;
    const isMessageMissing = view.message.start === view.raw.start;
    const slice =
      name === 0 ? view.exceptionType : name === 1 ? view.stack : isMessageMissing ? view.message : null;
    if (slice === null) continue;
    setText(slice, bytes, value.valueStart, value.valueEnd, value.isEscaped, context);
    if (name === 1 && value.isEscaped) undoDoubleEscapes(slice);
  }
}

export const otlp: LogFormat = {
  ...base,
  decode(view, context) {
    if (!base.decode(view, context)) return false;
    readException(view, context);
    return true;
  },
  fields(view, sink) {
    const { bytes, start, end } = view.raw;
    const members = createJsonMembers();
    if (!openObject(members, bytes, start, end)) return;
    while (nextMember(members)) {
      const name = Buffer.from(bytes.subarray(members.keyStart, members.keyEnd)).toString('utf8');
      if (name === 'attributes') attributeFields(bytes, members.valueStart, members.valueEnd, sink);
      else if ((name === 'traceId' || name === 'spanId') && members.valueEnd > members.valueStart)
        sink(name, Buffer.from(bytes.subarray(members.valueStart, members.valueEnd)).toString('utf8'));
    }
  },
  samples: [
    {
      text: '{"timeUnixNano":"1772352930123000000","severityNumber":17,"severityText":"ERROR","body":{"stringValue":"payment failed"},"attributes":[{"key":"order.id","value":{"intValue":"17"}}],"traceId":"5b8efff798038103d269b633813fc60c"}',
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'error',
        message: 'payment failed',
        fields: { 'order.id': '17', traceId: '5b8efff798038103d269b633813fc60c' },
      },
    },
    {
      text: String.raw`{"timeUnixNano":"1772352930123000000","severityNumber":9,"body":{"stringValue":"retry"},"attributes":[{"key":"exception.type","value":{"stringValue":"ValueError"}},{"key":"exception.stacktrace","value":{"stringValue":"Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\nValueError: x"}}]}`,
      expected: {
        time: '2026-03-01T08:15:30.123Z',
        level: 'info',
        message: 'retry',
        exceptionType: 'ValueError',
        stack: 'Traceback (most recent call last):',
      },
    },
  ],
};
