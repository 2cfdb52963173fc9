import type { LogFormat } from '../format.ts';
import { headText, namedFields } from './support/fields.ts';
import { beginsWithTime, decodeTimedText } from './support/text-header.ts';

const LINE =
  /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}\] \[(?<pid>\d+)\] \[(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)\] /;

export const gunicorn: LogFormat = {
  name: 'gunicorn',
  title: 'gunicorn',
  score: (line) => (LINE.test(line) ? 1 : 0),
  startsRecord: (bytes, start, end) => beginsWithTime(bytes, start, end),
  decode: decodeTimedText,
  fields: (view, sink) => void namedFields(LINE, headText(view.raw), sink),
  samples: [
    {
      text: '[2026-03-01 08:15:30 +0100] [4711] [CRITICAL] WORKER TIMEOUT (pid:4712)',
      expected: {
        time: '2026-03-01T07:15:30.000Z',
        level: 'fatal',
        message: 'WORKER TIMEOUT (pid:4712)',
        fields: { pid: '4711' },
      },
    },
    {
      text: '[2026-03-01 08:15:30 +0000] [9] [ERROR] Exception in worker process\nTraceback (most recent call last):\n  File "/srv/app/wsgi.py", line 3, in <module>\n    import shop\nModuleNotFoundError: No module named \'shop\'',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'error',
        message: 'Exception in worker process',
        stack: 'Traceback (most recent call last):',
      },
    },
  ],
};
