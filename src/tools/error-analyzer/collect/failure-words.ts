/**
 * Words by which a line says that something failed, for logs that know no levels. Looked for in the canonical text of a shape, so that values say nothing:
 * once for each shape, not for each line.
 */
const FAILURE =
  /\b(?:errors?|err|fail(?:ed|s|ure|ures|ing)?|fatal|panic(?:ked)?|exceptions?|crash(?:ed|es)?|abort(?:ed|ing)?|critical|emerg(?:ency)?|severe|segfault|segmentation fault|out of memory|oom|cannot|can't|could not|couldn't|unable|denied|refused|rejected|unreachable|unavailable|timed out|timeout|corrupt(?:ed|ion)?|deadlock|broken pipe|no space left|not permitted|unhandled|uncaught|traceback)\b/giu;

/** `no errors`, `0 failed`, `without error`: said of what did not happen. */
const DENIED = /\b(?:no|non|zero|without|not|never|ignor(?:e|ed|ing)|if|on)[\s:=]*$/iu;

/** `errors: 3`, `3 failed`, `failed=0`: a count, which may be none. */
const COUNTED_WORD = /^(?:errors|failed|failures|exceptions|crashes|rejected)$/iu;
const COUNT_AFTER = /^\s*[:=]?\s*<\*>/u;
const COUNT_BEFORE = /(?:^|[,;:(])\s*<\*>\s*$/u;

export function saysFailure(canonical: string): boolean {
  for (const { 0: word, index } of canonical.matchAll(FAILURE)) {
    const before = canonical.slice(Math.max(0, index - 24), index);
    if (DENIED.test(before)) continue;
    const isCounted = COUNT_BEFORE.test(before) || COUNT_AFTER.test(canonical.slice(index + word.length));
    if (!isCounted || !COUNTED_WORD.test(word)) return true;
  }
  return false;
}
