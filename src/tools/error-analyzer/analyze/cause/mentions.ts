/** Words that many names have in common, so that sharing one says nothing. */
const COMMON: ReadonlySet<string> = new Set(
  (
    'http https internal service server database health status example public prod production main default local localhost ' +
    'host name error errors failed connection connections request with from time timeout update select insert delete ' +
    'table index query post order null'
  ).split(' '),
);

/** How surely the text speaks of what is named so: 1 for the whole name, 0.6 for a word of it, 0 otherwise. Case does not count. */
export function mentions(text: string, name: string): number {
  const haystack = text.toLowerCase();
  const whole = name.trim().toLowerCase();
  if (whole.length >= 3 && !COMMON.has(whole) && hasWord(haystack, whole)) return 1;
  const words = whole
    .split(/[^\p{L}\p{N}_]+/u)
    .filter((word) => word.length >= 4 && !COMMON.has(word) && !/^\d+$/.test(word));
  return words.some((word) => hasWord(haystack, word)) ? 0.6 : 0;
}

function hasWord(haystack: string, word: string): boolean {
  for (let at = haystack.indexOf(word); at !== -1; at = haystack.indexOf(word, at + 1)) {
    if (!isWordPart(haystack[at - 1]) && !isWordPart(haystack[at + word.length])) return true;
  }
  return false;
}

function isWordPart(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}
