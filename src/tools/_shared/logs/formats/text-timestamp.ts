import type { LogFormat } from '../format.ts';
import { ascii } from './support/bytes.ts';
import { headText, pairFields } from './support/fields.ts';
import { beginsWithTime, decodeTimedText } from './support/text-header.ts';

export const textTimestamp: LogFormat = {
  name: 'text-timestamp',
  title: 'Plain text with a time at its beginning',
  score(line) {
    const bytes = ascii(line);
    return beginsWithTime(bytes, 0, bytes.length) ? 0.4 : 0;
  },
  startsRecord: (bytes, start, end) => beginsWithTime(bytes, start, end),
  decode: decodeTimedText,
  fields: (view, sink) => pairFields(headText(view.message), sink),
  samples: [
    {
      text: '2026-03-01 08:15:30 ERROR could not reserve 3 of item 17 order=9f3',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'error',
        message: 'could not reserve 3 of item 17 order=9f3',
        fields: { order: '9f3' },
      },
    },
    {
      text: '2026/03/01 08:15:30 http: TLS handshake error from 10.0.0.7:51234: EOF',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'unknown',
        message: 'TLS handshake error from 10.0.0.7:51234: EOF',
        logger: 'http',
      },
    },
    {
      text: '[2026-03-01T08:15:30.250Z] [warn] queue is 80 % full',
      expected: { time: '2026-03-01T08:15:30.250Z', level: 'warn', message: 'queue is 80 % full' },
    },
    {
      text: '2026-03-01T08:15:30.250Z Could not charge: TypeError: card is undefined\n    at charge (/srv/app/pay.js:17:9)',
      expected: {
        time: '2026-03-01T08:15:30.250Z',
        level: 'unknown',
        message: 'Could not charge: TypeError: card is undefined',
        stack: 'TypeError: card is undefined',
      },
    },
    {
      text: '2026-03-01T08:15:30.250Z Error: connection lost\n    at read (/srv/app/db.js:4:11)',
      expected: {
        time: '2026-03-01T08:15:30.250Z',
        level: 'error',
        message: 'Error: connection lost',
        stack: 'Error: connection lost',
      },
    },
    {
      text: '2026-03-01 08:15:30, Warning             Updater  package 17 is old',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'warn',
        message: 'Updater  package 17 is old',
      },
    },
    {
      text: '1772352930.5 error: disk /dev/sdb1 is read-only',
      expected: {
        time: '2026-03-01T08:15:30.500Z',
        level: 'error',
        message: 'disk /dev/sdb1 is read-only',
      },
    },
  ],
};
