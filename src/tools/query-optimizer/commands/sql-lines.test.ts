import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sqlLines } from './sql-lines.ts';

it('begins clauses on lines of their own, but not those of subqueries and texts', () => {
  expect(
    sqlLines(
      "SELECT a FROM t LEFT JOIN u ON u.id = t.id WHERE x = ' FROM ' AND b IN (SELECT c FROM v WHERE d) ORDER BY a LIMIT 5",
    ),
  ).toBe(
    "SELECT a\nFROM t\nLEFT JOIN u ON u.id = t.id\nWHERE x = ' FROM '\n  AND b IN (SELECT c FROM v WHERE d)\nORDER BY a\nLIMIT 5",
  );
});

it('changes spaces only', () => {
  const word = fc.constantFrom(
    'SELECT',
    'FROM',
    'AND',
    '(',
    ')',
    "' x  y '",
    '"a b"',
    'orders.created_at',
    'LIMIT',
    '$1',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), (words) => {
      const sql = words.join(' ');
      expect(sqlLines(sql).replaceAll(/\s+/g, '')).toBe(sql.replaceAll(/\s+/g, ''));
    }),
  );
});
