import { type SqlToken, tokenize } from '../../core/sql-tokens.ts';

const READERS = new Set(['SELECT', 'WITH', 'VALUES', 'PRAGMA', 'EXPLAIN']);
const EXPLAINED = new Set(['SELECT', 'WITH', 'VALUES', 'INSERT', 'UPDATE', 'DELETE', 'REPLACE']);
/** Those that only tell, and do so whatever argument they get. Many others act while they are still being prepared. */
const PRAGMAS = new Set([
  'COLLATION_LIST',
  'COMPILE_OPTIONS',
  'DATABASE_LIST',
  'FOREIGN_KEY_LIST',
  'FUNCTION_LIST',
  'INDEX_INFO',
  'INDEX_LIST',
  'INDEX_XINFO',
  'TABLE_INFO',
  'TABLE_LIST',
  'TABLE_XINFO',
]);
/** Those that tell without an argument and set something with one. */
const SETTINGS = new Set([
  'APPLICATION_ID',
  'AUTO_VACUUM',
  'BUSY_TIMEOUT',
  'CACHE_SIZE',
  'ENCODING',
  'FOREIGN_KEYS',
  'FREELIST_COUNT',
  'JOURNAL_MODE',
  'JOURNAL_SIZE_LIMIT',
  'MMAP_SIZE',
  'PAGE_COUNT',
  'PAGE_SIZE',
  'QUERY_ONLY',
  'SCHEMA_VERSION',
  'SYNCHRONOUS',
  'TEMP_STORE',
  'USER_VERSION',
  'WAL_AUTOCHECKPOINT',
]);

/**
 * What libsql's engine brings that reaches beyond the database: files, code, other SQL. Names alone, in quotes or not,
 * also as tables; what the file's own views call, `trusted_schema` keeps out.
 */
const FORBIDDEN =
  /^(?:readfile|writefile|edit|fsdir|lsmode|load_extension|fts3_tokenizer|sha3_query|carray|sqlite3mc_\w*|sqlite_crypt)$/i;

/**
 * Why a statement is not given to SQLite; null when it may be. The file is open for reading only; this keeps out what
 * works all the same: ATTACH and VACUUM INTO make new files, and a PRAGMA can act by being prepared.
 */
export function refusalOfSqlite(sql: string): string | null {
  const tokens = tokenize(sql, 'sqlite');
  if (tokens.some(({ kind }) => kind === 'broken')) return 'a quote has no end';
  const end = tokens.findIndex(({ kind, text }) => kind === 'symbol' && text === ';');
  if (end !== -1 && end < tokens.length - 1) return 'only a single statement is run';
  const reaching = tokens.find(
    ({ kind, text }) => (kind === 'word' || kind === 'name') && FORBIDDEN.test(text),
  );
  if (reaching !== undefined) return `${reaching.text.toLowerCase()} reaches beyond the database`;
  const words = (end === -1 ? tokens : tokens.slice(0, end)).map(upper);
  const [verb = ''] = words;
  if (!READERS.has(verb)) return 'only a statement that returns rows is run in a read-only session';
  if (verb === 'PRAGMA') return refusalOfPragma(words);
  if (verb !== 'EXPLAIN') return null;
  const explained = words[1] === 'QUERY' && words[2] === 'PLAN' ? words[3] : words[1];
  return EXPLAINED.has(explained ?? '') ? null : 'only the plan of a query can be explained';
}

function refusalOfPragma(words: readonly string[]): string | null {
  // PRAGMA main.page_count
  const [name = '', ...rest] = words[2] === '.' ? words.slice(3) : words.slice(1);
  if (PRAGMAS.has(name) && rest[0] !== '=') return null;
  return SETTINGS.has(name) && rest.length === 0 ? null : 'this PRAGMA is not one of those that only tell';
}

function upper({ kind, text }: SqlToken): string {
  return kind === 'word' ? text.toUpperCase() : kind === 'symbol' ? text : '';
}
