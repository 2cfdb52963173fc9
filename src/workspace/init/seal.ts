import { createHash } from 'node:crypto';

/**
 * The last line of a file that is generated whole, with a hash of what stands before it. Whoever has the repository can
 * tell by it whether somebody has written in the file since: only one that nobody has may be replaced.
 */
const SEAL = /^([^]*\n)\S{1,4} rearguard:made ([0-9a-f]{16})(?: -->)?\s*$/;

export type CommentStyle = '//' | '#' | '<!-- -->';

/** The text, which ends in a line break, and its seal. */
export function sealed(text: string, style: CommentStyle): string {
  const mark = `rearguard:made ${hashOf(text)}`;
  return `${text}${style === '<!-- -->' ? `<!-- ${mark} -->` : `${style} ${mark}`}\n`;
}

/** Whether it is ours and nobody has changed it; line ends do not count, for git may turn them. */
export function isUntouched(text: string): boolean {
  const [, body, hash] = SEAL.exec(text.replaceAll('\r\n', '\n')) ?? [];
  return body !== undefined && hashOf(body) === hash;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
