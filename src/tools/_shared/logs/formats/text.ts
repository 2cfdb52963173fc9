import { LEVEL } from '../../../../core/log/level.ts';
import type { LogFormat } from '../format.ts';
import { beginRecord, firstLineEnd, setBody } from './support/body.ts';
import { CHAR, isSpace } from './support/bytes.ts';
import { headText, pairFields } from './support/fields.ts';
import { leadingLevel } from './support/leading-level.ts';

/** What every line is when it is nothing else. Traces are joined by the reader's trace joiner; here only indented lines belong to the one before. */
export const text: LogFormat = {
  name: 'text',
  title: 'Plain text',
  score: (line) => (/\S/.test(line) ? 0.1 : 0),
  startsRecord: (bytes, start, end) => start < end && !isSpace(bytes[start]!) && bytes[start] !== CHAR.return,
  decode(view) {
    beginRecord(view);
    const { bytes, start } = view.raw;
    const level = leadingLevel(bytes, start, firstLineEnd(view));
    view.level = level === null ? LEVEL.unknown : level.level;
    setBody(view, level === null ? start : level.end);
    return true;
  },
  fields: (view, sink) => pairFields(headText(view.message), sink),
  samples: [
    {
      text: 'Listening on port 3000',
      expected: { time: null, level: 'unknown', message: 'Listening on port 3000' },
    },
    {
      text: 'ERROR: relation of 17 rows is locked tenant="acme corp"',
      expected: {
        time: null,
        level: 'error',
        message: 'relation of 17 rows is locked tenant="acme corp"',
        fields: { tenant: 'acme corp' },
      },
    },
    {
      text: 'Error: connection lost\n    at read (/srv/app/db.js:4:11)',
      expected: {
        time: null,
        level: 'error',
        message: 'Error: connection lost',
        stack: 'Error: connection lost',
      },
    },
    {
      text: '[warn] 3 retries left',
      expected: { time: null, level: 'warn', message: '3 retries left' },
    },
    {
      text: 'error loading the page is not a level',
      expected: { time: null, level: 'unknown', message: 'error loading the page is not a level' },
    },
    {
      text: 'RangeError: Invalid array length\n    at grow (file:///srv/app/grow.js:4:11)\n    at main (file:///srv/app/main.js:9:3)',
      expected: {
        time: null,
        level: 'unknown',
        message: 'RangeError: Invalid array length',
        stack: 'RangeError: Invalid array length',
      },
    },
  ],
};
