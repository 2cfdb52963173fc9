/** Type and message as the first lines of a trace say them. */
export interface Headline {
  type: string;
  message: string;
}

/** Names that only exceptions bear, with packages before them and a code in brackets behind: `pg.DatabaseError`, `TypeError [ERR_INVALID_URL]`. */
const EXCEPTION_NAME =
  /(?:^|[\s("'[\]|>])((?:[A-Za-z_$][\w$]*(?:\.|::|\\))*[A-Z_$][\w$]*?(?:Error|Exception|Throwable|Fault|Failure|Rejection|Interrupt|Timeout|Violation)(?:\$\w+)?(?: \[[A-Z][\w-]*\])?)(?:: ?(.*)|)$/u;
/** Any other name, at the beginning of a line. A lower-case letter in it, because `ERROR: ...` is a level. */
const ANY_NAME = /^\s*((?:[a-z_$][\w$]*\.)*[A-Z][\w$]*[a-z][\w$]*(?: \[[A-Z][\w-]*\])?)(?:: (.*))?$/u;

/** The plain name behind the prefix of a log line: `ERROR [main] Error: refused`. */
const PLAIN_NAME = /(?:^|\s)(Error|Exception): (.*)$/u;

/** What was thrown, from all lines before its first frame: a log line before it, source with a caret and blank lines are not part of it. */
export function headlineOf(lines: readonly string[]): Headline {
  return (
    named(lines, EXCEPTION_NAME) ??
    named(lines.slice(firstText(lines)), ANY_NAME, 1) ??
    named(lines, PLAIN_NAME) ?? { type: '', message: lastText(lines) }
  );
}

function named(
  lines: readonly string[],
  pattern: RegExp,
  atMost = Number.POSITIVE_INFINITY,
): Headline | null {
  for (const [index, line] of lines.entries()) {
    if (index >= atMost) return null;
    const [, type, first = ''] = pattern.exec(line) ?? [];
    if (type !== undefined) return { type, message: messageOf([first, ...lines.slice(index + 1)]) };
  }
  return null;
}

export function messageOf(lines: readonly string[]): string {
  return lines.join('\n').trim();
}

function firstText(lines: readonly string[]): number {
  return Math.max(
    0,
    lines.findIndex((line) => line.trim() !== ''),
  );
}

function lastText(lines: readonly string[]): string {
  return lines.findLast((line) => line.trim() !== '')?.trim() ?? '';
}
