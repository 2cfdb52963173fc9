/** Kinds of logs the benchmarks of reading are made of; a line's words follow from its number alone. */
export type LogKind = 'syslog' | 'pino' | 'distinct-words';

const T0 = Date.UTC(2026, 2, 1);
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const USERS = ['alice', 'bob', 'carol', 'dave', 'erin'];
const ERROR_EVERY = 50;

/** Numbers that look like chance, the same on every machine. */
function noise(line: number, salt: number): number {
  let mixed = Math.imul(line ^ (salt * 0x9e3779b1), 0x85ebca6b);
  mixed ^= mixed >>> 15;
  return Math.imul(mixed, 0xc2b2ae35) >>> 8;
}

export function logLine(kind: LogKind, line: number): string {
  const value = noise(line, 1);
  const user = USERS[value % USERS.length] ?? '';
  if (kind === 'distinct-words') return distinctWordsLine(line, value);
  return kind === 'syslog' ? syslogLine(line, value, user) : pinoLine(line, value, user);
}

function syslogLine(line: number, value: number, user: string): string {
  const at = new Date(T0 + line * 7);
  const day = String(at.getUTCDate()).padStart(2, ' ');
  const head = `${MONTHS[at.getUTCMonth()]} ${day} ${at.toISOString().slice(11, 19)} web-${value % 8}`;
  if (line % ERROR_EVERY === 0)
    return `${head} api[${value % 9_999}]: error: no answer for ${user} after ${value % 5_000} ms`;
  return `${head} ${TALK[value % TALK.length]?.(value, user) ?? ''}`;
}

const TALK: readonly ((value: number, user: string) => string)[] = [
  (value, user) =>
    `sshd[${value % 9_999}]: Accepted publickey for ${user} from 10.0.${value % 250}.7 port ${value % 60_000} ssh2`,
  (value, user) => `cron[${value % 9_999}]: (${user}) CMD (/usr/local/bin/report --day ${value % 31})`,
  (value, user) => `api[${value % 9_999}]: request of ${user} took ${value % 900} ms`,
  (value) => `kernel: eth0: link up at ${value % 10} Gbps, queue ${value % 64}`,
];

function pinoLine(line: number, value: number, user: string): string {
  const head = `{"level":${line % ERROR_EVERY === 0 ? 50 : 30},"time":${T0 + line * 7},"pid":${value % 99},"hostname":"web-${value % 8}","reqId":"req-${line}","userId":"${value % 4_000}"`;
  if (line % ERROR_EVERY !== 0)
    return `${head},"msg":"order ${value} of ${user} shipped in ${value % 800} ms"}`;
  const stack = `RangeError: no stock for ${value}\\n    at Stock.take (/srv/app/src/stock.js:${40 + (value % 5)}:11)\\n    at place (/srv/app/src/orders.js:88:3)`;
  return `${head},"err":{"type":"RangeError","message":"no stock for ${value}","stack":"${stack}"},"msg":"no stock for ${value}"}`;
}

/** A word that was never there before, of letters only, so that it is no variable by its form; a tenth of the lines are errors. */
function distinctWordsLine(line: number, value: number): string {
  const word = Array.from((line * 7 + 26 ** 5).toString(26))
    .map((digit) => LETTERS[Number.parseInt(digit, 26)] ?? '')
    .join('');
  const level = value % 10 === 0 ? 'ERROR' : 'INFO';
  return `${new Date(T0 + line * 7).toISOString()} ${level} visited ${word} while looking for the rest`;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

const CHUNK_BYTES = 1024 * 1024;
const LONGEST_LINE = 1_024;

/** Chunks of whole lines, as files are read: each is only valid until the next one. */
export function* logChunks(kind: LogKind, lines: number): Generator<Buffer> {
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let length = 0;
  for (let line = 0; line < lines; line += 1) {
    length += chunk.write(`${logLine(kind, line)}\n`, length);
    if (length < CHUNK_BYTES - LONGEST_LINE) continue;
    yield chunk.subarray(0, length);
    length = 0;
  }
  yield chunk.subarray(0, length);
}
