import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokenize, type TokenDialect } from './sql-tokens.ts';

function kinds(sql: string, dialect: TokenDialect): string[] {
  return tokenize(sql, dialect).map(({ kind, text }) => `${kind} ${text}`);
}

describe('tokenize', () => {
  it('tells words, names, strings, numbers and parameters apart', () => {
    expect(kinds('SELECT `a``b`, "it\\"s" FROM t WHERE x >= ? -- end', 'mysql')).toEqual([
      'word SELECT',
      'name a`b',
      'symbol ,',
      'string it\\"s',
      'word FROM',
      'word t',
      'word WHERE',
      'word x',
      'symbol >=',
      'parameter ?',
    ]);
    expect(kinds(`select [a b], "c""d", 'it''s' where x=:id and y=?2 or z=1.5e3`, 'sqlite')).toEqual([
      'word select',
      'name a b',
      'symbol ,',
      'name c"d',
      'symbol ,',
      "string it's",
      'word where',
      'word x',
      'symbol =',
      'parameter :id',
      'word and',
      'word y',
      'symbol =',
      'parameter ?2',
      'word or',
      'word z',
      'symbol =',
      'number 1.5e3',
    ]);
  });

  it.each([
    ['select 1 # into outfile', ['word select', 'number 1']],
    ['select 1--1', ['word select', 'number 1', 'symbol -', 'symbol -', 'number 1']],
    ['select /* into */ 1', ['word select', 'number 1']],
    [
      'select 1 /*!50000 into outfile "x" */',
      ['word select', 'number 1', 'executable-comment /*!50000 into outfile "x" */'],
    ],
    ['select 1 /*M! into */', ['word select', 'number 1', 'executable-comment /*M! into */']],
    ["select 'a\\' into", ['word select', "broken 'a\\' into"]],
    ['select /* open', ['word select', 'broken /* open']],
  ])('of MySQL: %s', (sql, expected) => {
    expect(kinds(sql, 'mysql')).toEqual(expected);
  });

  it('a backslash is a character for SQLite', () => {
    expect(kinds("select 'a\\' into", 'sqlite')).toEqual(['word select', 'string a\\', 'word into']);
  });

  it('covers any text in order, without overlap', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom<TokenDialect>('mysql', 'sqlite'), (sql, dialect) => {
        let last = 0;
        for (const { start, end } of tokenize(sql, dialect)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(sql.length);
      }),
    );
  });

  it('gives a string back as it was quoted', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const quoted = `'${text.replaceAll("'", "''")}'`;
        expect(tokenize(`x ${quoted} y`, 'sqlite').map((token) => token.text)).toEqual(['x', text, 'y']);
      }),
    );
  });
});
