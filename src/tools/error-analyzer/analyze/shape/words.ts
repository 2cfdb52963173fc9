/** What single words mean to the shape of a line. All of it holds for logs at large: units, calendar names, words for nothing. */

/** Units fold into the number before them: `5 ms` and `2 s` say the same thing. Lower case. */
const UNITS = new Set(
  (
    'b kb mb gb tb kib mib gib tib byte bytes bits bit kbytes mbytes ns us µs ms msec msecs millis millisecond milliseconds microseconds s sec secs ' +
    'second seconds m min mins minute minutes h hr hrs hour hours d day days percent hz khz mhz ghz'
  ).split(' '),
);

const NOTHING = new Set(['null', 'nil', 'none', 'undefined', 'nan', 'n/a']);

const CALENDAR = new Set(
  (
    'Jan Feb Mar Apr May Jun Jul Aug Sep Sept Oct Nov Dec January February March April June July August September October November December ' +
    'Mon Tue Wed Thu Fri Sat Sun Monday Tuesday Wednesday Thursday Friday Saturday Sunday'
  ).split(' '),
);

/** No word of a language has eight letters of these six. */
const HEXADECIMAL = /^[a-fA-F]{8,}$/;
const EXCEPTION_NAME = /(?:Error|Exception|Fault|Failure)$/;

export function isUnit(word: string): boolean {
  return word.length <= 12 && UNITS.has(word.toLowerCase());
}

/** Whether a word without a digit is a value all the same. */
export function isVariableWord(word: string): boolean {
  if (word.length <= 9) {
    // Both sets are asked only where the first letter allows it: this is called for every word of an unknown line.
    const first = word.charCodeAt(0);
    if (first >= 0x41 && first <= 0x5a && CALENDAR.has(word)) return true;
    const lower = first | 0x20;
    if ((lower === 0x6e || lower === 0x75) && NOTHING.has(word.toLowerCase())) return true;
  }
  return isPathOrName(word) || (word.length >= 8 && HEXADECIMAL.test(word));
}

/** Paths, e-mail addresses, and names of three and more dotted parts: hosts, packages, files. The name of an exception says what happened. */
function isPathOrName(word: string): boolean {
  let slashes = 0;
  let backslashes = 0;
  let innerDots = 0;
  let at = false;
  const last = word.length - 1;
  for (let index = 0; index <= last; index += 1) {
    const code = word.charCodeAt(index);
    if (code === 0x2f) slashes += 1;
    else if (code === 0x5c) backslashes += 1;
    else if (code === 0x40 && index > 0 && index < last) at = true;
    else if (code === 0x2e && index > 0 && index < last && word.charCodeAt(index + 1) !== 0x2e)
      innerDots += 1;
  }
  if (slashes >= 2 || backslashes >= 2 || at) return last > 1;
  if (slashes === 1 && word.charCodeAt(0) === 0x2f && last >= 1) return true;
  return innerDots >= 2 && !EXCEPTION_NAME.test(word);
}

/** Fields whose values are words of the message, not data. */
const TELLING_FIELDS = new Set(
  'msg message error err reason cause event title description desc detail details status state level severity lvl action type kind code method'.split(
    ' ',
  ),
);

export function saysWhatHappened(field: string): boolean {
  return field.length <= 12 && TELLING_FIELDS.has(field.toLowerCase());
}
