import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CatalogColumn } from '../../_shared/database/catalog.ts';
import { catalogOf } from '../../_shared/sql/catalog-fixture.ts';
import { readShape } from '../../_shared/sql/shape.ts';
import type { WorkloadQuery } from '../workload.ts';
import { factsOf } from './facts.ts';
import { absentVariant, replaceParameters, variantsOf } from './values.ts';

describe('replaceParameters', () => {
  it('leaves strings, names, comments and dollar quotes alone', () => {
    const text = `SELECT '$1', "$1", $1 /* $1 */, $tag$ $1 $tag$ -- $1\n WHERE a = $2`;
    expect(replaceParameters(text, (number) => `<${number}>`)).toBe(
      `SELECT '$1', "$1", <1> /* $1 */, $tag$ $1 $tag$ -- $1\n WHERE a = <2>`,
    );
  });

  it('changes nothing in what a literal holds', () => {
    fc.assert(
      fc.property(fc.string(), (inside) => {
        const literal = `'${inside.replaceAll("'", "''")}'`;
        expect(replaceParameters(`SELECT ${literal}, $1`, () => 'x')).toBe(`SELECT ${literal}, x`);
      }),
    );
  });
});

describe('variantsOf', () => {
  const states: CatalogColumn = {
    name: 'state',
    number: 1,
    type: 'text',
    notNull: true,
    statistics: {
      nullShare: 0,
      averageWidth: 5,
      distinct: 3,
      mostCommonValues: ['done', "it's", 'new'],
      mostCommonShares: [0.7, 0.2, 0.1],
      histogram: [],
      correlation: null,
    },
  };
  const catalog = catalogOf({ jobs: 'state text!' }, { jobs: { columns: [states] } });

  async function queryOf(sql: string, rows = 500): Promise<WorkloadQuery> {
    const shape = await readShape(sql, catalog);
    const query = { texts: [sql], calls: 100, totalMs: 1, meanMs: 1, sharedBuffers: 0, origins: [] };
    return { ...query, shape, rows, exactness: 'exact' };
  }
  const variants = async (sql: string) => variantsOf(await queryOf(sql), factsOf(catalog));

  it('asks with typical, frequent and rare values of the column, and pages as large as they came', async () => {
    expect(await variants('SELECT * FROM jobs WHERE state = $1 LIMIT $2')).toEqual([
      { values: 'typical', sql: "SELECT * FROM jobs WHERE state = 'it''s' LIMIT 5", generic: false },
      { values: 'frequent', sql: "SELECT * FROM jobs WHERE state = 'done' LIMIT 5", generic: false },
      { values: 'rare', sql: "SELECT * FROM jobs WHERE state = 'new' LIMIT 5", generic: false },
    ]);
  });

  it('has one more for calls that ask for what no row has, where a column is compared with it', async () => {
    const equal = await queryOf('SELECT * FROM jobs WHERE state = $1 LIMIT $2');
    expect(absentVariant(equal, factsOf(catalog))).toEqual({
      values: 'absent',
      sql: "SELECT * FROM jobs WHERE state = 'new~' LIMIT 5",
      generic: false,
    });
    const greater = await queryOf('SELECT * FROM jobs WHERE state > $1');
    expect(absentVariant(greater, factsOf(catalog))).toBeNull();
  });

  it('leaves $n where nothing is known of it', async () => {
    const sql = 'SELECT $1 FROM jobs';
    expect(await variants(sql)).toEqual([{ values: 'generic', sql, generic: true }]);
  });
});
