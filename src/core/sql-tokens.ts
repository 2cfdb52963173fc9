/** Pieces of a statement of MySQL, MariaDB or SQLite; PostgreSQL has its real parser. Comments and space are left out. */
export interface SqlToken {
  kind:
    | 'word'
    /** In quotes of names: backticks, brackets, and double quotes in SQLite. */
    | 'name'
    | 'string'
    | 'number'
    /** `?`, `?1`, `:id`, `@id`, `$id` */
    | 'parameter'
    | 'symbol'
    /** A comment that MySQL and MariaDB execute; its text is all of it. */
    | 'executable-comment'
    /** Quotes or a comment without an end: everything from there. */
    | 'broken';
  /** As written; of names and strings what is between the quotes. */
  text: string;
  /** Offsets in the statement. */
  start: number;
  end: number;
}

export type TokenDialect = 'mysql' | 'sqlite';

const SPACE = /\s+/y;
const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const NUMBER = /0x[0-9a-f]+|(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/iy;
const SYMBOL = /->>|->|<=>|<=|>=|<>|!=|==|\|\||&&|<<|>>|:=|[^\s]/y;
const PARAMETER: Readonly<Record<TokenDialect, RegExp>> = {
  mysql: /\?/y,
  sqlite: /\?\d*|[:@$][\p{L}_][\p{L}\p{N}_]*/uy,
};
const LINE_COMMENT: Readonly<Record<TokenDialect, RegExp>> = {
  // "--" is two minus signs unless a space or the end follows.
  mysql: /(?:--(?=[\s\p{Cc}]|$)|#)[^\n]*/uy,
  sqlite: /--[^\n]*/y,
};

/** Reads a statement in time linear in its length; whatever it does not know is a symbol of one character. */
export function tokenize(sql: string, dialect: TokenDialect): SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = 0;

  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    return pattern.exec(sql)?.[0];
  }
  function push(kind: SqlToken['kind'], end: number, text = sql.slice(at, end)): void {
    tokens.push({ kind, text, start: at, end });
    at = end;
  }

  while (at < sql.length) {
    const skipped = take(SPACE) ?? take(LINE_COMMENT[dialect]);
    if (skipped !== undefined) {
      at += skipped.length;
      continue;
    }
    if (sql.startsWith('/*', at)) {
      const close = sql.indexOf('*/', at + 2);
      // SQLite takes a comment without an end for one up to the end.
      const end = close === -1 ? sql.length : close + 2;
      if (dialect === 'mysql' && close === -1) push('broken', end);
      else if (dialect === 'mysql' && /^\/\*M?!/.test(sql.slice(at, at + 4))) push('executable-comment', end);
      else at = end;
      continue;
    }
    const quote = quoteAt(sql, at, dialect);
    if (quote !== undefined) {
      const end = endOfQuoted(sql, at, quote, dialect);
      if (end === undefined) push('broken', sql.length);
      else push(quote.kind, end, sql.slice(at + 1, end - 1).replaceAll(quote.close.repeat(2), quote.close));
      continue;
    }
    const parameter = take(PARAMETER[dialect]);
    const word = parameter === undefined ? take(WORD) : undefined;
    const number = parameter ?? word ?? take(NUMBER);
    const text = number ?? take(SYMBOL) ?? sql.charAt(at);
    const kind =
      parameter !== undefined
        ? 'parameter'
        : word !== undefined
          ? 'word'
          : number !== undefined
            ? 'number'
            : 'symbol';
    push(kind, at + text.length);
  }
  return tokens;
}

interface Quote {
  kind: 'name' | 'string';
  close: string;
}

function quoteAt(sql: string, at: number, dialect: TokenDialect): Quote | undefined {
  switch (sql[at]) {
    case "'":
      return { kind: 'string', close: "'" };
    case '"':
      return { kind: dialect === 'mysql' ? 'string' : 'name', close: '"' };
    case '`':
      return { kind: 'name', close: '`' };
    case '[':
      return dialect === 'sqlite' ? { kind: 'name', close: ']' } : undefined;
    default:
      return undefined;
  }
}

/** Offset behind the closing quote; undefined without one. A doubled quote stands for one, except for brackets. */
function endOfQuoted(sql: string, start: number, quote: Quote, dialect: TokenDialect): number | undefined {
  const escapes = dialect === 'mysql' && quote.kind === 'string';
  for (let at = start + 1; at < sql.length; at += 1) {
    if (escapes && sql[at] === '\\') at += 1;
    else if (sql[at] === quote.close) {
      if (quote.close === ']' || sql[at + 1] !== quote.close) return at + 1;
      at += 1;
    }
  }
  return undefined;
}
