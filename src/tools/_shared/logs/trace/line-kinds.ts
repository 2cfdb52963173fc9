import {
  beginsWith,
  beginsWithAny,
  bytesOf,
  indexOfByte,
  indexOfPart,
  isDigit,
  wordEnd,
} from './line-bytes.ts';

/** Lines of one form, whatever stands around them. Each function takes a line, or a part of it, without blanks at its ends. */

export const AT = bytesOf('at ');
const GO_TAIL = ['created by ', 'goroutine ', 'exit status ', '[signal ', 'runtime stack:', 'panic: '].map(
  bytesOf,
);
const PHP_MAIN = bytesOf('{main}');
const PHP_INTERNAL = bytesOf('[internal function]');
const RUBY_PLACES = ['.rb:', '.erb:', '.rake:', '.ru:'].map(bytesOf);
const RUBY_IN = bytesOf(':in');

/** `at ...` with a place, arguments or an opening brace at its end; prose that begins with `at` is none. */
export function isCall(bytes: Uint8Array, at: number, end: number): boolean {
  if (!beginsWith(bytes, at, end, AT)) return false;
  const last = bytes[end - 1];
  return last === 0x29 || last === 0x5d || last === 0x7b || last === 0x2c || last === 0x3e || isDigit(last);
}

/** A file of this ending with a line number behind it. */
export function hasPlace(bytes: Uint8Array, start: number, end: number, extension: Uint8Array): boolean {
  const at = indexOfPart(bytes, start, end, extension);
  return at !== -1 && at + extension.length < end && isDigit(bytes[at + extension.length]);
}

/** `app.rb:3:in ...` */
export function isRubyPlace(bytes: Uint8Array, start: number, end: number): boolean {
  if (indexOfPart(bytes, start, end, RUBY_IN) === -1) return false;
  return RUBY_PLACES.some((extension) => hasPlace(bytes, start, end, extension));
}

/** `package.Error: message`, or a name alone; `ERROR:root:...` and dates are none. Ruby's older order ends with a place. */
export function isPythonHeadline(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && isNameByte(bytes[at]!)) at += 1;
  if (at > start && !isDigit(bytes[start])) {
    // A message that begins with a line end leaves the colon as the last byte, once blanks are trimmed.
    if (at === end || (bytes[at] === 0x3a && (at + 1 === end || bytes[at + 1] === 0x20))) return true;
  }
  return isRubyPlace(bytes, start, wordEnd(bytes, start, end));
}

function isNameByte(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x5f ||
    byte === 0x2e ||
    byte >= 0x80
  );
}

/** `main.(*Shop).Order(0xc000, 0x1)`, `main.main` of errors with stacks, and what a panic prints around them. */
export function isGoLine(bytes: Uint8Array, start: number, end: number): boolean {
  if (beginsWithAny(bytes, start, end, GO_TAIL)) return true;
  const word = wordEnd(bytes, start, end);
  if (bytes[end - 1] === 0x29) return indexOfByte(bytes, start, word, 0x28) !== -1;
  return word === end && !isDigit(bytes[start]) && indexOfByte(bytes, start, word, 0x2e) !== -1;
}

/** `#3 /app/Order.php(12): place()`, `#4 {main}`. */
export function isPhpFrame(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== 0x23 || !isDigit(bytes[start + 1])) return false;
  const word = wordEnd(bytes, start, end);
  if (word === end) return false;
  const rest = word + 1;
  if (beginsWith(bytes, rest, end, PHP_MAIN) || beginsWith(bytes, rest, end, PHP_INTERNAL)) return true;
  const bracket = indexOfByte(bytes, rest, end, 0x28);
  return bracket !== -1 && bracket + 1 < end && isDigit(bytes[bracket + 1]);
}
