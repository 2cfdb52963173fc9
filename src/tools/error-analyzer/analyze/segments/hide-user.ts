/** Stands for whoever a record names as its user. How many they are is counted; who they are is not kept. */
export const HIDDEN_USER = '[user]';

/** What names a user, before the name: `user=anna`, `"user": {"id": 7`, `for user anna`. */
const NAMED =
  '(?:user|usr|uid|login|account|customer|principal|member|actor|client)[\\w.-]{0,20}["\'\\\\]{0,8}\\s{0,2}[:=]?\\s{0,2}(?:\\{\\s?["\'\\\\]{0,8}(?:id|name)["\'\\\\]{0,8}\\s?:\\s?)?["\'\\\\(]{0,8}';

/**
 * Text without its user. An id or an address is hidden wherever it stands; a mere word (`shop`, `root`) only where the text says that it is a user, and in
 * the place that access logs have for it.
 */
export function hideUser(text: string, user: string | null): string {
  if (user === null || user === HIDDEN_USER || !text.includes(user)) return text;
  const literal = user.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replaceAll('-', '\\x2d');
  const end = '(?![\\p{L}\\p{N}_])';
  const isWord = /^\p{L}+$/u.test(user) || user.length < 4;
  const pattern = isWord
    ? `(?<=${NAMED})${literal}${end}|(?<=^\\S{1,100} \\S{1,100} )${literal}(?= \\[)`
    : `(?<![\\p{L}\\p{N}_])${literal}${end}`;
  return text.replace(new RegExp(pattern, 'giu'), HIDDEN_USER);
}
