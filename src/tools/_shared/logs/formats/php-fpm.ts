import { LEVEL } from '../../../../core/log/level.ts';
import type { LogFormat } from '../format.ts';
import { firstLineEnd, setBody } from './support/body.ts';
import { CHAR, find } from './support/bytes.ts';
import { headText, namedFields } from './support/fields.ts';
import { levelOfWord } from './support/level-words.ts';
import { isPhpHeader, readPhpHeader } from './support/php-header.ts';

const LINE =
  /^\[\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?:\.\d+)?\] (?:DEBUG|NOTICE|WARNING|ERROR|ALERT): (?:pid \d+, .*?: )?(?:\[pool (?<pool>[^\]]+)\] )?(?:child (?<pid>\d+))?/;

export const phpFpm: LogFormat = {
  name: 'php-fpm',
  title: 'PHP-FPM',
  oneLine: true,
  score: (line) => (LINE.test(line) ? 1 : 0),
  startsRecord: isPhpHeader,
  decode(view, context) {
    const end = firstLineEnd(view);
    const at = readPhpHeader(view, context, end);
    if (at === -1) return false;
    const { bytes } = view.raw;
    const colon = find(bytes, CHAR.colon, at, end);
    view.level = levelOfWord(bytes, at, colon);
    // Its notices are of starting and stopping.
    if (view.level === LEVEL.unknown) view.level = LEVEL.info;
    setBody(view, Math.min(colon + 1, end));
    return true;
  },
  fields: (view, sink) => void namedFields(LINE, headText(view.raw), sink),
  samples: [
    {
      text: '[01-Mar-2026 08:15:30] WARNING: [pool www] server reached pm.max_children setting (5), consider raising it',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'warn',
        message: '[pool www] server reached pm.max_children setting (5), consider raising it',
        fields: { pool: 'www' },
      },
    },
    {
      text: '[01-Mar-2026 08:15:30] NOTICE: fpm is running, pid 1',
      expected: { time: '2026-03-01T08:15:30.000Z', level: 'info', message: 'fpm is running, pid 1' },
    },
  ],
};
