import type { Node, ParseResult } from '@pgsql/types';
import { RearguardError } from '../../../core/errors.ts';

/** One statement of a text, as PostgreSQL's own grammar reads it. */
export interface ParsedStatement {
  node: Node;
  /** Its part of the text, without what stands around it. */
  text: string;
}

/** PostgreSQL's parser. All calls throw E_SQL_SYNTAX for what it does not accept. */
export interface SqlParser {
  /** Empty for a text without statements. */
  parse(sql: string): ParsedStatement[];
  /** Sixteen hex digits that constants, aliases, the length of lists and the order of the select list do not move. */
  fingerprint(sql: string): string;
  /** Constants become `$n`. */
  normalise(sql: string): string;
  /** SQL of any node, in one line. */
  deparse(node: Node): string;
}

/** Characters; what is longer is not read. The longest texts servers keep are some 100 kB. */
export const MAX_SQL_LENGTH = 1_000_000;

let loading: Promise<SqlParser> | undefined;

/** The parser is 2 MB of WebAssembly: it is loaded when the first text has to be read, and once. */
export function loadSqlParser(): Promise<SqlParser> {
  loading ??= load();
  return loading;
}

async function load(): Promise<SqlParser> {
  const [library, { Deparser }] = await Promise.all([import('libpg-query'), import('pgsql-deparser')]);
  await library.loadModule();
  const guarded = <Result>(sql: string, read: (sql: string) => Result): Result => {
    if (sql.length > MAX_SQL_LENGTH) {
      throw new RearguardError('E_SQL_SYNTAX', {
        reason: `it has ${sql.length} characters, more than ${MAX_SQL_LENGTH}`,
      });
    }
    // The library takes a C string: what stands behind a zero byte would be read by nobody.
    if (sql.includes('\0')) throw new RearguardError('E_SQL_SYNTAX', { reason: 'it holds a zero byte' });
    try {
      return read(sql);
    } catch (error) {
      throw new RearguardError('E_SQL_SYNTAX', { reason: complaint(error, sql) }, { cause: error });
    }
  };
  return {
    parse: (sql) =>
      sql.trim() === '' ? [] : guarded(sql, (text) => statementsOf(library.parseSync(text), text)),
    fingerprint: (sql) => guarded(sql, library.fingerprintSync),
    normalise: (sql) => guarded(sql, library.normalizeSync),
    deparse: (node) => Deparser.deparse(node, { newline: ' ', tab: '' }),
  };
}

/** Locations are offsets into the UTF-8 bytes; a length of 0 means up to the end. */
function statementsOf({ stmts = [] }: ParseResult, sql: string): ParsedStatement[] {
  const bytes = Buffer.from(sql);
  return stmts.flatMap(({ stmt, stmt_location: from = 0, stmt_len: length }) =>
    stmt === undefined
      ? []
      : [
          {
            node: stmt,
            text: bytes
              .subarray(from, length ? from + length : undefined)
              .toString()
              .trim(),
          },
        ],
  );
}

/** The parser's message with line and column; deep nesting ends in an error of the engine instead. */
function complaint(error: unknown, sql: string): string {
  if (error instanceof RangeError) return 'it is nested too deeply';
  const message = error instanceof Error ? error.message : String(error);
  const position = (error as { sqlDetails?: { cursorPosition?: number } }).sqlDetails?.cursorPosition;
  if (position === undefined || position < 0) return message;
  const before = sql.slice(0, position).split('\n');
  return `${message}, line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
