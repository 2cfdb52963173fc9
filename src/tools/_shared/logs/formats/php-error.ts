import { LEVEL, type LogLevel } from '../../../../core/log/level.ts';
import type { LogFormat } from '../format.ts';
import { firstLineEnd, setBody } from './support/body.ts';
import { CHAR, ascii, find, startsWith } from './support/bytes.ts';
import { headText, namedFields } from './support/fields.ts';
import { isPhpHeader, readPhpHeader } from './support/php-header.ts';

const ERROR_LINE = /^\[\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d(?: [\w/+-]+)?\] /;
const ERROR_KIND = /^\[[^\]]+\] PHP (?:[A-Z][a-z]+ ){0,2}[A-Za-z]+: /;
const ERROR_PLACE = / in (?<file>\/[^\s:]+|[A-Z]:\\[^\s:]+)(?: on line |:)(?<line>\d+)/;

export const phpError: LogFormat = {
  name: 'php-error',
  title: 'Error log of PHP',
  score(line) {
    if (ERROR_KIND.test(line)) return 1;
    return ERROR_LINE.test(line) ? 0.6 : 0;
  },
  startsRecord(bytes, start, end) {
    if (!isPhpHeader(bytes, start, end)) return false;
    const after = find(bytes, CHAR.closeBracket, start, end) + 2;
    // The engine's own list of calls, which some settings print with a time on each line.
    return !startsWith(bytes, after, end, STACK_TRACE) && !startsWith(bytes, after, end, CALL);
  },
  decode(view, context) {
    const end = firstLineEnd(view);
    const at = readPhpHeader(view, context, end);
    if (at === -1) return false;
    const kind = kindAt(view.raw.bytes, at, end);
    if (kind !== null) view.level = kind.level;
    setBody(view, at + (kind === null ? 0 : kind.prefix.length));
    return true;
  },
  fields: (view, sink) => void namedFields(ERROR_PLACE, headText(view.raw), sink),
  samples: [
    {
      text: '[01-Mar-2026 08:15:30 Europe/Berlin] PHP Fatal error:  Uncaught TypeError: total(): Argument #1 must be of type int in /srv/cart.php:12\nStack trace:\n#0 /srv/index.php(3): total()\n#1 {main}\n  thrown in /srv/cart.php on line 12',
      expected: {
        time: '2026-03-01T07:15:30.000Z',
        level: 'fatal',
        message: 'Uncaught TypeError: total(): Argument #1 must be of type int in /srv/cart.php:12',
        stack: 'TypeError: total(): Argument #1 must be of type int in /srv/cart.php:12',
        fields: { file: '/srv/cart.php', line: '12' },
      },
    },
    {
      text: '[01-Mar-2026 08:15:30 UTC] PHP Warning:  Undefined variable $user in /srv/cart.php on line 7',
      expected: {
        time: '2026-03-01T08:15:30.000Z',
        level: 'warn',
        message: 'Undefined variable $user in /srv/cart.php on line 7',
        fields: { line: '7' },
      },
    },
    {
      text: '[01-Jul-2026 08:15:30 Europe/Berlin] payment of order 17 was refused',
      expected: {
        time: '2026-07-01T06:15:30.000Z',
        level: 'unknown',
        message: 'payment of order 17 was refused',
      },
    },
  ],
};

const STACK_TRACE = ascii('PHP Stack trace:');
const CALL = ascii('PHP   ');

interface ErrorKind {
  prefix: Uint8Array;
  level: LogLevel;
}

/** https://www.php.net/manual/en/errorfunc.constants.php, as the engine words them. */
const KINDS: readonly ErrorKind[] = [
  { prefix: ascii('PHP Fatal error: '), level: LEVEL.fatal },
  { prefix: ascii('PHP Parse error: '), level: LEVEL.fatal },
  { prefix: ascii('PHP Recoverable fatal error: '), level: LEVEL.error },
  { prefix: ascii('PHP Warning: '), level: LEVEL.warn },
  { prefix: ascii('PHP Notice: '), level: LEVEL.info },
  { prefix: ascii('PHP Deprecated: '), level: LEVEL.info },
];

function kindAt(bytes: Uint8Array, at: number, end: number): ErrorKind | null {
  for (const kind of KINDS) if (startsWith(bytes, at, end, kind.prefix)) return kind;
  return null;
}
