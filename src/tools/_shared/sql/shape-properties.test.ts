import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { catalogOf } from './catalog-fixture.ts';
import { loadSqlParser, type SqlParser } from './parser.ts';
import { shapeReader } from './shape.ts';

const CATALOG = catalogOf({
  a: 'id bigint!, b_id bigint, name text, n integer, at timestamp with time zone',
  b: 'id bigint!, name text!, active boolean!',
});

let parser: SqlParser;
beforeAll(async () => {
  parser = await loadSqlParser();
});

const column = fc.constantFrom('a.id', 'a.b_id', 'a.name', 'a.n', 'b.id', 'b.name');
const comparison = fc
  .tuple(column, fc.constantFrom('=', '<', '>=', '<>'), fc.nat({ max: 1_000 }))
  .map(([name, operator, value]) => `${name} ${operator} ${value}`);
const condition: fc.Arbitrary<string> = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    comparison,
    fc
      .tuple(column, fc.array(fc.nat(), { minLength: 1, maxLength: 5 }))
      .map(([name, list]) => `${name} in (${list.join(', ')})`),
    fc.tuple(tie('tree'), fc.constantFrom('and', 'or'), tie('tree')).map(([l, op, r]) => `(${l} ${op} ${r})`),
    tie('tree').map((inner) => `not (${inner})`),
    tie('tree').map((inner) => `exists (select 1 from b where b.id = a.b_id and ${inner})`),
  ),
})).tree;

describe('shapes', () => {
  it('name only columns that the catalogue has, in scopes that there are', () => {
    const read = shapeReader(parser, CATALOG);
    fc.assert(
      fc.property(condition, (where) => {
        const { uses, tables } = read(`select a.id from a join b on b.id = a.b_id where ${where}`);
        for (const use of uses) {
          expect(tables.some(({ alias, scope }) => alias === use.alias && scope === use.scope)).toBe(true);
          const table = CATALOG.tables.find(({ name }) => `public.${name}` === use.table);
          expect(table?.columns.some(({ name }) => name === use.column)).toBe(true);
        }
      }),
    );
  });

  it('are those of the normalised text, and have its key', () => {
    const read = shapeReader(parser, CATALOG);
    fc.assert(
      fc.property(condition, (where) => {
        const sql = `select a.id from a join b on b.id = a.b_id where ${where}`;
        const [literal, normalised] = [read(sql), read(parser.normalise(sql))];
        expect(normalised.key).toBe(literal.key);
        const rolesOf = ({ uses }: typeof literal): string[] =>
          uses.map(({ column: name, role }) => `${name} ${role}`);
        expect(rolesOf(normalised)).toEqual(rolesOf(literal));
      }),
    );
  });

  it('call a condition certain only where it is: beside an OR nothing of it must hold alone', () => {
    const read = shapeReader(parser, CATALOG);
    fc.assert(
      fc.property(condition, (where) => {
        const { uses } = read(`select a.id from a, b where a.n = 1 or (a.n = 2 and ${where})`);
        expect(
          uses.filter(({ scope, role, conjunct }) => scope === 0 && role !== 'projected' && conjunct),
        ).toEqual([]);
      }),
    );
  });

  it('of any text are read, or refused as SQL that cannot be read', () => {
    const read = shapeReader(parser, CATALOG);
    const word = fc.constantFrom(
      'select',
      'from',
      'a',
      'where',
      'id',
      '=',
      '$1',
      '(',
      ')',
      ',',
      "'x'",
      'union',
      'with',
      'as',
      '*',
      'in',
      'not',
    );
    const outcome = (sql: string): string => {
      try {
        return `${read(sql).key.length} digits`;
      } catch (error) {
        return (error as { code?: string }).code ?? String(error);
      }
    };
    fc.assert(
      fc.property(fc.array(word, { maxLength: 15 }), (words) => {
        expect(['32 digits', 'E_SQL_SYNTAX']).toContain(outcome(words.join(' ')));
      }),
      { numRuns: 200 },
    );
  });
});
