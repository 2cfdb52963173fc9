import { LEVEL, type LogLevel } from '../../../../../core/log/level.ts';

/** What loggers call their levels, by OpenTelemetry's level of it; one letter as glog, Android and Ruby write it. */
const WORDS: Readonly<Record<string, LogLevel>> = {
  trace: LEVEL.trace,
  trc: LEVEL.trace,
  verbose: LEVEL.trace,
  finest: LEVEL.trace,
  finer: LEVEL.trace,
  silly: LEVEL.trace,
  v: LEVEL.trace,
  t: LEVEL.trace,
  debug: LEVEL.debug,
  dbg: LEVEL.debug,
  dbug: LEVEL.debug,
  deb: LEVEL.debug,
  fine: LEVEL.debug,
  d: LEVEL.debug,
  info: LEVEL.info,
  inf: LEVEL.info,
  information: LEVEL.info,
  informational: LEVEL.info,
  notice: LEVEL.info,
  // PostgreSQL's word for what is no error.
  log: LEVEL.info,
  i: LEVEL.info,
  n: LEVEL.info,
  warn: LEVEL.warn,
  warning: LEVEL.warn,
  wrn: LEVEL.warn,
  w: LEVEL.warn,
  error: LEVEL.error,
  err: LEVEL.error,
  eror: LEVEL.error,
  fail: LEVEL.error,
  severe: LEVEL.error,
  e: LEVEL.error,
  fatal: LEVEL.fatal,
  ftl: LEVEL.fatal,
  critical: LEVEL.fatal,
  crit: LEVEL.fatal,
  crt: LEVEL.fatal,
  panic: LEVEL.fatal,
  dpanic: LEVEL.fatal,
  alert: LEVEL.fatal,
  emerg: LEVEL.fatal,
  emergency: LEVEL.fatal,
  f: LEVEL.fatal,
  c: LEVEL.fatal,
};

const LONGEST_WORD = 13;
const SLOTS = 256;
const PRIME = 0x01000193;

interface Entry {
  word: Uint8Array;
  level: LogLevel;
}

const table: (Entry | undefined)[] = Array.from({ length: SLOTS });

for (const [word, level] of Object.entries(WORDS)) {
  const bytes = new TextEncoder().encode(word);
  let slot = hash(bytes, 0, bytes.length);
  while (table[slot] !== undefined) slot = (slot + 1) % SLOTS;
  table[slot] = { word: bytes, level };
}

/** Level of a word in any case, `unknown` when it names none. Hot: no string is made. */
export function levelOfWord(bytes: Uint8Array, start: number, end: number): LogLevel {
  if (end <= start || end - start > LONGEST_WORD) return LEVEL.unknown;
  let slot = hash(bytes, start, end);
  for (;;) {
    const entry = table[slot];
    if (entry === undefined) return LEVEL.unknown;
    if (isWord(entry.word, bytes, start, end)) return entry.level;
    slot = (slot + 1) % SLOTS;
  }
}

function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = 0x811c9dc5;
  for (let at = start; at < end; at += 1) value = Math.imul(value ^ (bytes[at]! | 0x20), PRIME);
  return (value >>> 16) % SLOTS;
}

function isWord(word: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (word.length !== end - start) return false;
  for (let index = 0; index < word.length; index += 1) {
    if ((bytes[start + index]! | 0x20) !== word[index]) return false;
  }
  return true;
}

/** Level of a severity of syslog (RFC 5424, table 2): 0 emergency to 7 debug. */
export function levelOfSeverity(severity: number): LogLevel {
  if (severity <= 2) return LEVEL.fatal;
  if (severity === 3) return LEVEL.error;
  if (severity === 4) return LEVEL.warn;
  return severity <= 6 ? LEVEL.info : LEVEL.debug;
}

/** Level of an HTTP status: the server's faults are errors, the client's are warnings. */
export function levelOfStatus(status: number): LogLevel {
  if (status >= 500) return LEVEL.error;
  return status >= 400 ? LEVEL.warn : LEVEL.info;
}

/** Whether the word is `Error` as JavaScript's class is written: a level as well, but `Error: no such file` is the headline of its stack. */
export function isErrorClass(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 5 && bytes[start] === 0x45 && bytes[start + 1] === 0x72 && bytes[start + 4] === 0x72;
}
