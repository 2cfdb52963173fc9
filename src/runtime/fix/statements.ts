/** Statements of a patch, and what is known of each. The SQL is of our own making or of a tool of the user's; what it names comes from a database. */

const QUOTED =
  /'(?:[^'\\]|''|\\[^])*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\$(\w*)\$[^]*?\$\1\$|--[^\n]*|\/\*[^]*?\*\/|;|[^'"`$;\-/]+|[^]/g;
const COMMENT = /^(?:--|\/\*)/;

/** Without comments and without the semicolon at the end; semicolons in quotes separate nothing. */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let current = '';
  for (const [piece] of sql.matchAll(QUOTED)) {
    if (piece === ';') {
      statements.push(current.trim());
      current = '';
    } else current += COMMENT.test(piece) ? ' ' : piece;
  }
  return [...statements, current.trim()].filter((statement) => statement !== '');
}

/**
 * Whether databases disagree on where a text of it ends: a backslash before a quote is a character of the text for one of them and takes the quote in for
 * another, so what is one statement here could be several there.
 */
export function isAmbiguous(sql: string): boolean {
  return [...sql.matchAll(QUOTED)].some(([piece]) => piece.startsWith("'") && piece.includes('\\'));
}

/** Whether a name or a text of it holds a line break: for readers that go by lines, what follows could be one of their own marks. */
export function hasQuotedBreak(sql: string): boolean {
  return [...sql.matchAll(QUOTED)].some(([piece]) => /^['"`$]/.test(piece) && piece.includes('\n'));
}

const NAME = '(?:"(?:[^"]|"")+"|`(?:[^`]|``)+`|[A-Za-z_][\\w$]*)';
const QUALIFIED = `(${NAME}\\s*\\.\\s*)?${NAME}`;
const CREATE_INDEX = new RegExp(
  `^CREATE\\s+(?:UNIQUE\\s+|FULLTEXT\\s+|SPATIAL\\s+)?INDEX\\s+(CONCURRENTLY\\s+)?(?:IF\\s+NOT\\s+EXISTS\\s+)?(?!(?:ON|CONCURRENTLY)\\s)(${NAME})\\s+ON\\s+(?:ONLY\\s+)?(${QUALIFIED})`,
  'i',
);
/** What changes the schema and belongs into its history; KILL, VACUUM, SET and queries do not. */
const SCHEMA_CHANGE =
  /^(?:CREATE\s+(?:UNIQUE\s+|FULLTEXT\s+|SPATIAL\s+)?INDEX|DROP\s+INDEX|ALTER\s+(?:TABLE|SEQUENCE|INDEX)|CREATE\s+STATISTICS)\b/i;
const OUTSIDE_TRANSACTION = /^(?:CREATE\s+(?:UNIQUE\s+)?INDEX|DROP\s+INDEX)\s+CONCURRENTLY\b/i;

export function isSchemaChange(statement: string): boolean {
  return SCHEMA_CHANGE.test(statement);
}

/** PostgreSQL makes and drops indexes beside writers only outside a transaction. */
export function needsNoTransaction(statement: string): boolean {
  return OUTSIDE_TRANSACTION.test(statement);
}

const VALIDATION = new RegExp(
  `^ALTER\\s+TABLE\\s+(?:ONLY\\s+)?${QUALIFIED}\\s+VALIDATE\\s+CONSTRAINT\\s+${NAME}\\s*$`,
  'i',
);

/** The statements that undo it, none where nothing has to be undone; null where the statement alone does not tell what was there before. */
export function undo(statement: string): string[] | null {
  // A constraint that holds for all rows takes nothing from a schema in which it held for new ones.
  if (VALIDATION.test(statement)) return [];
  const created = CREATE_INDEX.exec(statement);
  if (created === null) return null;
  const [, concurrently, name = '', table = '', schema = ''] = created;
  // Backticks are MySQL's, whose indexes belong to their table.
  if (name.startsWith('`')) return [`DROP INDEX ${name} ON ${table}`];
  return [`DROP INDEX ${concurrently === undefined ? '' : 'CONCURRENTLY '}${schema}${name}`];
}

/**
 * The same for a transaction, which finds it done where it was done beside writers before; null where that cannot be told, because the index has no name.
 */
export function withinTransaction(statement: string): string | null {
  if (!needsNoTransaction(statement)) return statement;
  if (/^DROP\b/i.test(statement)) {
    return statement.replace(/^(DROP\s+INDEX)\s+CONCURRENTLY(?:\s+IF\s+EXISTS)?/i, '$1 IF EXISTS');
  }
  if (!CREATE_INDEX.test(statement)) return null;
  return statement.replace(/(\bINDEX)\s+CONCURRENTLY(?:\s+IF\s+NOT\s+EXISTS)?/i, '$1 IF NOT EXISTS');
}
