/**
 * A digest of MySQL, MariaDB or SQLite in the words of PostgreSQL, as far as their queries are alike: names in
 * backticks, `?`, lists that the server shortened to `(...)`, and `LIMIT offset, count`. What is left of the other
 * grammar is not read, and says so.
 */
export function postgresText(text: string): string {
  let last = 0;
  return text
    .replace(
      /`((?:[^`]|``)*)`/g,
      (_, name: string) => `"${name.replaceAll('``', '`').replaceAll('"', '""')}"`,
    )
    .replace(/"(\w+)"\s*\.\s*"(\w+)"/g, '"$1"."$2"')
    .replace(/\(\s*\.\.\.\s*\)(?:\s*\/\*.*?\*\/)?/g, '(? /*, ... */)')
    .replace(/\blimit\s+(\?|\d+)\s*,\s*(\?|\d+)/gi, 'LIMIT $2 OFFSET $1')
    .replace(/'(?:[^']|'')*'|\?/g, (token) => (token === '?' ? `$${(last += 1)}` : token));
}
