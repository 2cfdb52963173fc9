import { tokenize } from '../../core/sql-tokens.ts';

const READERS = new Set(['SELECT', 'WITH', 'VALUES', 'TABLE', 'SHOW', 'EXPLAIN', 'DESCRIBE', 'DESC']);
/** What takes locks that other clients would wait for, or ends other sessions' peace, though it "reads". */
const FUNCTIONS = new Set(['GET_LOCK', 'LOAD_FILE', 'SLEEP', 'BENCHMARK', 'SETVAL', 'NEXTVAL', 'LASTVAL']);

/**
 * Why a statement is not run in a session that only reads; null when it may be. The READ ONLY transaction keeps tables as
 * they are; this keeps out what MySQL and MariaDB allow inside one all the same: SET GLOBAL, KILL, COMMIT, CALL, files
 * written by SELECT, locks. Words count only outside of quotes and comments.
 */
export function refusalOfMysql(sql: string): string | null {
  const tokens = tokenize(sql, 'mysql');
  if (tokens.some(({ kind }) => kind === 'broken')) return 'a quote or a comment has no end';
  if (tokens.some(({ kind }) => kind === 'executable-comment')) {
    return 'comments that the server executes are not sent';
  }
  const end = tokens.findIndex(({ kind, text }) => kind === 'symbol' && text === ';');
  if (end !== -1 && end < tokens.length - 1) return 'only a single statement is run';
  const words = tokens.map(({ kind, text }) => (kind === 'word' ? text.toUpperCase() : text));
  const first = tokens.findIndex(({ text }) => text !== '(');
  const verb = words[first] ?? '';
  if (tokens[first]?.kind !== 'word' || !READERS.has(verb)) {
    return 'only a statement that returns rows is run in a read-only session';
  }
  const isPlan = verb === 'EXPLAIN' || verb === 'DESCRIBE' || verb === 'DESC';
  for (const [index, { kind }] of tokens.entries()) {
    if (kind !== 'word') continue;
    const word = words[index] ?? '';
    const next = words[index + 1] ?? '';
    const isPart = words[index - 1] === '.';
    if (isPart) continue;
    if (word === 'OUTFILE' || word === 'DUMPFILE') return 'it would write a file on the server';
    // A reserved word: in a statement that only reads, it can be nothing but a target.
    if (word === 'INTO' && !isPlan) return 'its result would go into a variable or a file';
    if (word === 'ANALYZE' && isPlan) return 'it would run the statement that it explains';
    if (word === 'FOR' && (next === 'UPDATE' || next === 'SHARE')) return 'it would lock rows';
    if (word === 'LOCK' && next === 'IN') return 'it would lock rows';
    if (word === 'NEXT' && next === 'VALUE') return 'it would move a sequence on';
    if (next === '(' && FUNCTIONS.has(word)) return `the function ${word} is not called`;
  }
  return null;
}
