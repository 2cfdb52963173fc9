import * as fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningPostgres, startPostgres } from '../../../platform/postgres/embedded.ts';
import { loadSqlParser } from './parser.ts';
import { castParameters, repairNormalised, translatePlaceholders } from './placeholders.ts';

describe('translatePlaceholders', () => {
  it.each([
    ['select * from a where b = ? and c in (?, ?)', 'select * from a where b = $1 and c in ($2, $3)'],
    [
      'select * from a where b = :id and c = :name and d = :id',
      'select * from a where b = $1 and c = $2 and d = $1',
    ],
    ['select * from a where b = %s and c = %(name)s', 'select * from a where b = $1 and c = $2'],
    ['select * from a where b = @p0 and c = @p1', 'select * from a where b = $1 and c = $2'],
    [
      "select '?', \"?\", $$ ? $$, ':x' -- ?\n from a where b = ? /* ? */",
      "select '?', \"?\", $$ ? $$, ':x' -- ?\n from a where b = $1 /* ? */",
    ],
    ['select b::int from a where c = ? and d = $4', 'select b::int from a where c = $5 and d = $4'],
    ["select data ? 'k' from a", "select data ? 'k' from a"],
    ['select x[1:2], y::text from a where b = $1', 'select x[1:2], y::text from a where b = $1'],
  ])('%s', async (sql, expected) => {
    expect(await translatePlaceholders(sql)).toBe(expected);
  });

  it('leaves what is within quotes alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string().filter((text) => !text.includes('\0')),
        async (text) => {
          const literal = `'${text.replaceAll("'", "''")}'`;
          expect(await translatePlaceholders(`select ${literal} from a where b = ?`)).toBe(
            `select ${literal} from a where b = $1`,
          );
        },
      ),
    );
  });

  it('says what is wrong with the text as it was given', async () => {
    await expect(translatePlaceholders('select from where')).rejects.toMatchObject({ code: 'E_SQL_SYNTAX' });
  });
});

describe('repairNormalised', () => {
  let server: RunningPostgres;
  let client: Client;
  beforeAll(async () => {
    server = await startPostgres();
    client = new Client({ connectionString: server.url });
    await client.connect();
    await client.query('create table event (id int, at timestamptz, note text)');
  }, 60_000);
  afterAll(async () => {
    await client.end();
    await server.stop();
  });

  it.each([
    "select * from event where at >= date '2024-01-01' and at < date '2024-01-01' + interval '3' month",
    "select * from event where at > now() - interval '7 days'",
    'select extract(year from at), count(*) from event group by extract(year from at)',
    "select * from event where at between timestamp with time zone '2024-01-01' and timestamptz '2024-02-01' limit 5",
  ])('makes the normalised form of %s valid again', async (sql) => {
    const parser = await loadSqlParser();
    const normalised = parser.normalise(sql);
    await expect(client.query(`explain (generic_plan) ${normalised}`)).rejects.toThrow('syntax error');
    const repaired = await repairNormalised(normalised);
    expect((await client.query(`explain (generic_plan) ${repaired}`)).rows.length).toBeGreaterThan(0);
  });

  it('leaves valid texts as they are', async () => {
    const text = 'select  * from event where id = $1 and at > $2::date';
    expect(await repairNormalised(text)).toBe(text);
  });

  it('casts parameters whose types the server cannot tell', async () => {
    const text = 'select $1 + $2, note from event where id = $1 and note = $3::text';
    const types = new Map([
      [1, 'integer'],
      [2, 'integer'],
      [3, 'text'],
    ]);
    expect(await castParameters(text, types)).toBe(
      'select $1::integer + $2::integer, note from event where id = $1::integer and note = $3::text',
    );
    await expect(client.query(`explain (generic_plan) ${text}`)).rejects.toThrow('operator is not unique');
    const cast = await castParameters(text, types);
    expect((await client.query(`explain (generic_plan) ${cast}`)).rows.length).toBeGreaterThan(0);
  });
});
