/**
 * Words by which a line says that something failed, for logs that know no levels. Looked for in the canonical text of a shape, so that values say nothing:
 * once for each shape, not for each line.
 */
const FAILURE =
  /\b(?:errors?|err|fail(?:ed|s|ure|ures|ing)?|fatal|panic(?:ked)?|exceptions?|crash(?:ed|es)?|abort(?:ed|ing)?|critical|emerg(?:ency)?|severe|segfault|segmentation fault|out of memory|oom|cannot|can't|could not|couldn't|unable|denied|refused|rejected|unreachable|unavailable|timed out|timeout|corrupt(?:ed|ion)?|deadlock|broken pipe|no space left|not permitted|unhandled|uncaught|traceback)\b/giu;

/** `no errors`, `0 failed`, `without error`: said of what did not happen. */
const DENIED = /(?:\b(?:no|non|zero|without|not|never|ignor(?:e|ed|ing)|if|on|retry on)|<\*>)[\s:=]*$/iu;

/** `errors: 3`, `failed=0`: a count, which may be none. */
const COUNTED = /^\s*[:=]?\s*<\*>/u;

export function saysFailure(canonical: string): boolean {
  for (const { 0: word, index } of canonical.matchAll(FAILURE)) {
    if (DENIED.test(canonical.slice(Math.max(0, index - 16), index))) continue;
    if (
      /^(?:errors|failed|failures|exceptions|crashes|rejected)$/iu.test(word) &&
      COUNTED.test(canonical.slice(index + word.length))
    ) {
      continue;
    }
    return true;
  }
  return false;
}
