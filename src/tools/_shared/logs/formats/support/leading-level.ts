import { LEVEL, type LogLevel } from '../../../../../core/log/level.ts';
import { CHAR, isLetter, isUpper, skipSpaces } from './bytes.ts';
import { isErrorClass, levelOfWord } from './level-words.ts';

export interface LeadingLevel {
  level: LogLevel;
  /** Offset of the first byte of the message behind it. */
  end: number;
}

const LONGEST = 14;
const found: LeadingLevel = { level: LEVEL.unknown, end: 0 };

/**
 * A level at the beginning of a message, in one of the ways nobody writes a sentence: `error: `, `[error] `, `<error> `, `ERROR `. Null when there is
 * none. The answer is only valid until the next call. Hot.
 */
export function leadingLevel(bytes: Uint8Array, start: number, end: number): LeadingLevel | null {
  if (start >= end) return null;
  const first = bytes[start]!;
  const close =
    first === CHAR.openBracket ? CHAR.closeBracket : first === CHAR.less ? CHAR.greater : CHAR.colon;
  const at = close === CHAR.colon ? start : start + 1;
  let next = at;
  let isShouted = true;
  while (next < end && next - at < LONGEST && isLetter(bytes[next]!)) {
    isShouted &&= isUpper(bytes[next]!);
    next += 1;
  }
  if (next === at || next >= end) return null;
  const isClosed = bytes[next] === close;
  // A single letter is a drive, a variable, an article: `C: no space left`.
  if (next - at < 2 && close === CHAR.colon) return null;
  if (!isClosed && !(close === CHAR.colon && isShouted && bytes[next]! <= CHAR.space)) return null;
  const level = levelOfWord(bytes, at, next);
  if (level === LEVEL.unknown) return null;
  found.level = level;
  found.end =
    close === CHAR.colon && isErrorClass(bytes, at, next)
      ? start
      : skipSpaces(bytes, isClosed ? next + 1 : next, end);
  return found;
}
