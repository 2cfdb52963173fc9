import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindOfPatch } from './patch-kind.ts';
import { splitStatements, undo, withinTransaction } from './statements.ts';

describe('statements of a patch', () => {
  it('are told apart outside quotes and comments only', () => {
    const sql = `CREATE INDEX "a;b" ON t (c); -- not; one\nSELECT ';', $x$;$x$; /* ; */`;
    expect(splitStatements(sql)).toEqual(['CREATE INDEX "a;b" ON t (c)', "SELECT ';', $x$;$x$"]);
  });

  it('a name in quotes never becomes a statement of its own', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (name) => {
        const statement = `DROP INDEX CONCURRENTLY "${name.replaceAll('"', '""')}"`;
        expect(splitStatements(`${statement};`)).toEqual([statement]);
      }),
    );
  });

  it.each([
    ['CREATE INDEX CONCURRENTLY i ON s.t (a)', ['DROP INDEX CONCURRENTLY s.i']],
    ['CREATE UNIQUE INDEX "I x" ON t (a)', ['DROP INDEX "I x"']],
    ['CREATE INDEX `i` ON `s`.`t` (`a`)', ['DROP INDEX `i` ON `s`.`t`']],
    ['CREATE INDEX CONCURRENTLY ON t (a)', null],
    ['DROP INDEX i', null],
    ['ALTER TABLE s.t VALIDATE CONSTRAINT "c 1"', []],
    ['ALTER TABLE t VALIDATE CONSTRAINT c, DROP COLUMN d', null],
  ])('%s is undone by %s', (statement, way) => {
    expect(undo(statement)).toEqual(way);
  });

  it.each([
    [
      'CREATE UNIQUE INDEX CONCURRENTLY "CONCURRENTLY" ON t (a)',
      'CREATE UNIQUE INDEX IF NOT EXISTS "CONCURRENTLY" ON t (a)',
    ],
    ['DROP INDEX CONCURRENTLY IF EXISTS i', 'DROP INDEX IF EXISTS i'],
    ['ALTER TABLE t VALIDATE CONSTRAINT c', 'ALTER TABLE t VALIDATE CONSTRAINT c'],
    ['CREATE INDEX CONCURRENTLY ON t (a)', null],
  ])('%s in a transaction is %s', (statement, within) => {
    expect(withinTransaction(statement)).toBe(within);
  });

  it.each([
    ['CREATE INDEX CONCURRENTLY i ON t (a);', 'migration'],
    ['SELECT pg_terminate_backend(4711);', 'statement'],
    ['VACUUM (ANALYZE) t;', 'statement'],
    ['CREATE INDEX i ON t (a); KILL 7;', 'statement'],
    ['', 'statement'],
    ['--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n', 'diff'],
  ])('%s is a %s', (patch, kind) => {
    expect(kindOfPatch(patch)).toBe(kind);
  });
});
