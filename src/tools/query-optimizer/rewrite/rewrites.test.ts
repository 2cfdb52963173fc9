import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readShape } from '../../_shared/sql/shape.ts';
import { loadSqlParser } from '../../_shared/sql/parser.ts';
import { openTestSandbox, type TestSandbox } from '../proof/sandbox-fixture.ts';
import { catalogOf, queryOf, tableOf } from '../proof/workload-fixture.ts';
import type { Rewrite } from '../recommendation.ts';
import { bothWays, literalOf } from './both-ways-fixture.ts';
import { rewritesOf } from './rewrites.ts';

const SET_UP = `
  CREATE TABLE authors (id int PRIMARY KEY, email text NOT NULL, country text);
  CREATE TABLE posts (id int PRIMARY KEY, author_id int NOT NULL, editor_id int, score int NOT NULL,
    created_at timestamptz NOT NULL, published_at timestamp);
  SET timezone = 'Europe/Berlin';
`;
const POSTS = tableOf('posts', {
  id: 'integer!',
  author_id: 'integer!',
  editor_id: 'integer',
  score: 'integer!',
  created_at: 'timestamp with time zone!',
  published_at: 'timestamp without time zone',
});
const CATALOG = catalogOf(tableOf('authors', { id: 'integer!', email: 'text!', country: 'text' }), {
  ...POSTS,
  foreignKeys: [
    {
      name: 'posts_author',
      columns: ['author_id'],
      referencedTable: 'public.authors',
      referencedColumns: ['id'],
      onDelete: 'no-action',
    },
  ],
});

/** Few different values, so that ties, NULLs and rows without a partner are in nearly every example. */
const key = fc.integer({ min: 1, max: 8 });
const time = fc
  .record({
    day: fc.integer({ min: 1, max: 4 }),
    hour: fc.constantFrom(0, 1, 12, 23),
    year: fc.constantFrom(2025, 2026),
  })
  .map(({ day, hour, year }) => `${year}-03-0${day} ${String(hour).padStart(2, '0')}:00:00`);
const rows = fc.record({
  authors: fc.uniqueArray(
    fc.record({ id: key, email: fc.constantFrom('a', 'b'), country: fc.constantFrom('de', 'fr', null) }),
    { selector: ({ id }) => id, maxLength: 6 },
  ),
  posts: fc.array(
    fc.record({
      author_id: key,
      editor_id: fc.option(key),
      score: fc.integer({ min: 0, max: 3 }),
      created_at: time,
      published_at: fc.option(time),
    }),
    { maxLength: 25 },
  ),
});
const day = fc.integer({ min: 1, max: 5 }).map((number) => `2026-03-0${number}`);
const number = key.map(String);

interface Case {
  name: string;
  before: string;
  /** Of the rewrites, this one. */
  after: string;
  values?: Readonly<Record<number, fc.Arbitrary<string>>>;
  /** What the data must be like for both to mean the same; the notes say so. */
  given?: string;
}

const CASES: readonly Case[] = [
  {
    name: 'OFFSET becomes a key with the primary key behind it',
    before: 'SELECT * FROM posts ORDER BY created_at DESC LIMIT $1 OFFSET $2',
    after:
      'SELECT * FROM posts WHERE (posts.created_at, posts.id) < ($2, $3) ORDER BY posts.created_at DESC, posts.id DESC LIMIT $1',
  },
  {
    name: 'mixed directions are spelled out',
    before:
      'SELECT p.id, p.score, p.created_at FROM posts p WHERE p.author_id > $1 ORDER BY p.score DESC, p.created_at LIMIT 3 OFFSET $2',
    after:
      'SELECT p.id, p.score, p.created_at FROM posts AS p WHERE p.author_id > $1 AND p.score <= $2 AND (p.score < $2 OR (p.score = $2 AND p.created_at > $3) OR (p.score = $2 AND p.created_at = $3 AND p.id > $4)) ORDER BY p.score DESC, p.created_at, p.id LIMIT 3',
    values: { 1: number },
  },
  {
    name: 'pages without any order get that of the primary key',
    before: 'SELECT id, score FROM posts LIMIT 4 OFFSET 8',
    after: 'SELECT id, score FROM posts WHERE posts.id > $1 ORDER BY posts.id LIMIT 4',
  },
  {
    name: 'a look-up by key takes an array',
    before: 'SELECT * FROM authors WHERE id = $1 LIMIT $2',
    after: 'SELECT * FROM authors WHERE authors.id = ANY ($1)',
    values: { 2: fc.constant('1') },
  },
  {
    name: 'the children of many parents',
    before: 'SELECT id, author_id, score FROM posts WHERE score > $1 AND author_id = $2',
    after: 'SELECT id, author_id, score FROM posts WHERE score > $1 AND posts.author_id = ANY ($2)',
    values: { 1: fc.constantFrom('0', '1') },
  },
  {
    name: 'a count of each parent',
    before: 'SELECT count(*) AS posts FROM posts WHERE author_id = $1',
    after:
      'SELECT keys.lookup_key, found.* FROM unnest(CAST($1 AS int[])) AS keys(lookup_key) CROSS JOIN LATERAL ( SELECT count(*) AS posts FROM posts WHERE posts.author_id = keys.lookup_key ) AS found',
  },
  {
    name: 'the best two of each parent',
    before: 'SELECT id, score FROM posts WHERE author_id = $1 ORDER BY score DESC, id LIMIT 2',
    after:
      'SELECT keys.lookup_key, found.* FROM unnest(CAST($1 AS int[])) AS keys(lookup_key) CROSS JOIN LATERAL ( SELECT id, score FROM posts WHERE posts.author_id = keys.lookup_key ORDER BY score DESC, id LIMIT 2 ) AS found',
  },
  {
    name: 'NOT IN over a column without NULLs',
    before: 'SELECT * FROM authors WHERE id NOT IN (SELECT author_id FROM posts WHERE score > $1)',
    after:
      'SELECT * FROM authors WHERE NOT (EXISTS (SELECT 1 FROM posts WHERE score > $1 AND posts.author_id = authors.id))',
    values: { 1: fc.constantFrom('0', '2') },
  },
  {
    name: 'NOT IN over a column that may be NULL',
    before: 'SELECT id FROM authors a WHERE a.id NOT IN (SELECT editor_id FROM posts)',
    after:
      'SELECT id FROM authors AS a WHERE NOT (EXISTS (SELECT 1 FROM posts WHERE posts.editor_id = a.id))',
    given: 'DELETE FROM posts WHERE editor_id IS NULL',
  },
  {
    name: 'NOT IN of a column that may be NULL',
    before: 'SELECT id FROM posts WHERE editor_id NOT IN (SELECT id FROM authors)',
    after:
      'SELECT id FROM posts WHERE posts.editor_id IS NOT NULL AND NOT (EXISTS (SELECT 1 FROM authors WHERE authors.id = posts.editor_id))',
    given: "INSERT INTO authors VALUES (99, 'x', NULL)",
  },
  {
    name: 'a day of a time with a time zone',
    before: 'SELECT id FROM posts WHERE created_at::date = $1',
    after:
      'SELECT id FROM posts WHERE posts.created_at >= CAST($1 AS date) AND posts.created_at < (CAST($1 AS date) + 1)',
    values: { 1: day },
  },
  {
    name: 'days from and to',
    before: 'SELECT id FROM posts WHERE date(published_at) BETWEEN $1 AND $2',
    after:
      'SELECT id FROM posts WHERE posts.published_at >= CAST($1 AS date) AND posts.published_at < (CAST($2 AS date) + 1)',
    values: { 1: day, 2: day },
  },
  {
    name: 'after a day',
    before: 'SELECT id FROM posts WHERE published_at::date > $1 AND score = 1',
    after: 'SELECT id FROM posts WHERE posts.published_at >= (CAST($1 AS date) + 1) AND score = 1',
    values: { 1: day },
  },
  {
    name: 'a truncated time',
    before: "SELECT id FROM posts WHERE date_trunc('day', published_at) = $1",
    after:
      "SELECT id FROM posts WHERE posts.published_at >= CAST($1 AS timestamp) AND posts.published_at < (CAST($1 AS timestamp) + '1 day'::interval) AND CAST($1 AS timestamp) = date_trunc('day', CAST($1 AS timestamp))",
    values: { 1: time },
  },
  {
    name: 'a year',
    before: 'SELECT id FROM posts WHERE extract(year FROM created_at) = $1',
    after:
      'SELECT id FROM posts WHERE posts.created_at >= make_date(CAST($1 AS int), 1, 1) AND posts.created_at < make_date(CAST($1 AS int) + 1, 1, 1)',
    values: { 1: fc.constantFrom('2025', '2026', '2027') },
  },
  {
    name: 'an OR over two columns',
    before: 'SELECT * FROM posts WHERE score > 0 AND (author_id = $1 OR editor_id = $2)',
    after:
      'SELECT * FROM posts WHERE score > 0 AND author_id = $1 UNION ALL SELECT * FROM posts WHERE score > 0 AND editor_id = $2 AND author_id = $1 IS NOT TRUE',
    values: { 1: number, 2: number },
  },
  {
    name: 'an OR over two tables, in order',
    before:
      'SELECT p.id, a.email FROM posts p JOIN authors a ON a.id = p.author_id WHERE p.editor_id = $1 OR a.country = $2 ORDER BY p.id',
    after:
      'SELECT p.id, a.email FROM posts AS p JOIN authors AS a ON a.id = p.author_id WHERE p.editor_id = $1 UNION ALL SELECT p.id, a.email FROM posts AS p JOIN authors AS a ON a.id = p.author_id WHERE a.country = $2 AND p.editor_id = $1 IS NOT TRUE ORDER BY id',
    values: { 1: number, 2: fc.constantFrom('de', 'fr') },
  },
  {
    name: 'a maximum and a count for every row',
    before:
      'SELECT a.id, (SELECT max(p.score) FROM posts p WHERE p.author_id = a.id) AS best, (SELECT count(*) FROM posts WHERE editor_id = a.id AND score > $1) FROM authors a',
    after:
      'SELECT a.id, per_key_1.value AS best, COALESCE(per_key_2.value, 0) AS count FROM authors AS a LEFT JOIN ( SELECT p.author_id AS author_id, max(p.score) AS value FROM posts AS p GROUP BY p.author_id ) AS per_key_1 ON per_key_1.author_id = a.id LEFT JOIN ( SELECT posts.editor_id AS editor_id, count(*) AS value FROM posts WHERE score > $1 GROUP BY posts.editor_id ) AS per_key_2 ON per_key_2.editor_id = a.id',
    values: { 1: fc.constantFrom('0', '1') },
  },
  {
    name: 'a count that only asks for any',
    before: 'SELECT count(*) > 0 AS taken FROM authors WHERE email = $1',
    after: 'SELECT EXISTS (SELECT 1 FROM authors WHERE email = $1) AS taken',
    values: { 1: fc.constantFrom('a', 'c') },
  },
  {
    name: 'a count that only decides about the next page',
    before: 'SELECT count(*) FROM posts WHERE score >= $1',
    after: 'SELECT EXISTS (SELECT 1 FROM posts WHERE score >= $1 OFFSET $2) AS has_more',
    values: { 1: fc.constantFrom('0', '1') },
  },
  {
    name: 'a key compared as text',
    before: 'SELECT * FROM posts WHERE id::text = $1',
    after: 'SELECT * FROM posts WHERE posts.id = CAST($1 AS int)',
    values: { 1: number },
  },
  {
    name: 'a key compared with a numeric',
    before: 'SELECT * FROM posts WHERE id = $1::numeric AND score > 0',
    after: 'SELECT * FROM posts WHERE posts.id = CAST($1 AS int) AND score > 0',
    values: { 1: number },
  },
];

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await openTestSandbox(SET_UP);
}, 60_000);
afterAll(() => sandbox.close());

async function rewritten(before: string): Promise<Rewrite[]> {
  const query = queryOf(before, await readShape(before, CATALOG));
  return rewritesOf(query, CATALOG, await loadSqlParser());
}

describe('rewrites return the same over random data', () => {
  it.each(CASES)('$name', async ({ before, after, values = {}, given: condition }) => {
    const rewrites = await rewritten(before);
    expect(rewrites.map((one) => one.after)).toContain(after);
    const rewrite = rewrites.find((one) => one.after === after) as Rewrite;
    const numbers = Object.keys(values).map(Number);
    await fc.assert(
      fc.asyncProperty(rows, fc.record<Record<number, string>>(values), async (data, chosen) => {
        await sandbox.execute('TRUNCATE authors, posts');
        await sandbox.query('INSERT INTO authors SELECT * FROM jsonb_populate_recordset(NULL::authors, $1)', [
          JSON.stringify(data.authors),
        ]);
        await sandbox.query('INSERT INTO posts SELECT * FROM jsonb_populate_recordset(NULL::posts, $1)', [
          JSON.stringify(data.posts.map((post, position) => ({ id: position + 1, ...post }))),
        ]);
        if (condition !== undefined) await sandbox.execute(condition);
        const given = new Map(numbers.map((place) => [place, literalOf(chosen[place])]));
        const both = await bothWays(sandbox, rewrite, given);
        expect(both.after).toEqual(both.before);
      }),
      { numRuns: 25 },
    );
  });
});

describe('what is left alone', () => {
  it.each([
    ['an order by what may be NULL', 'SELECT * FROM posts ORDER BY published_at LIMIT 5 OFFSET $1'],
    ['an order by an expression', 'SELECT * FROM posts ORDER BY abs(score) LIMIT 5 OFFSET $1'],
    ['an order with NULLS FIRST', 'SELECT * FROM posts ORDER BY score NULLS FIRST LIMIT 5 OFFSET $1'],
    [
      'pages of a join',
      'SELECT p.id FROM posts p JOIN authors a ON a.id = p.author_id ORDER BY p.id LIMIT 5 OFFSET $1',
    ],
    ['pages of groups', 'SELECT score FROM posts GROUP BY score ORDER BY score LIMIT 5 OFFSET $1'],
    ['pages that do not return the key', 'SELECT score FROM posts ORDER BY score LIMIT 5 OFFSET $1'],
    [
      'a key under another name',
      'SELECT id AS score, author_id AS id FROM posts ORDER BY posts.id LIMIT 5 OFFSET $1',
    ],
    [
      'NOT IN over a limited subquery',
      'SELECT * FROM authors WHERE id NOT IN (SELECT author_id FROM posts LIMIT 3)',
    ],
    [
      'NOT IN where the inner table hides the outer one',
      'SELECT * FROM posts WHERE id NOT IN (SELECT author_id FROM posts)',
    ],
    [
      'NOT IN under an OR',
      'SELECT * FROM authors WHERE id NOT IN (SELECT author_id FROM posts) OR id IS NULL',
    ],
    ['lower(), which needs an index of its own', 'SELECT * FROM authors WHERE lower(email) LIKE $1'],
    ['a month of any year', 'SELECT * FROM posts WHERE extract(month FROM created_at) = 3'],
    ['a unit that nobody knows', 'SELECT * FROM posts WHERE date_trunc($1, created_at) = $2'],
    ['a cast of a text to a date', 'SELECT * FROM authors WHERE email::date = $1'],
    [
      'an OR of a grouped query',
      'SELECT score, count(*) FROM posts WHERE author_id = 1 OR editor_id = 2 GROUP BY score',
    ],
    [
      'an OR under an order by what is not returned',
      'SELECT id FROM posts WHERE author_id = 1 OR editor_id = 2 ORDER BY score',
    ],
    [
      'a subquery with an order',
      'SELECT (SELECT p.score FROM posts p WHERE p.author_id = a.id ORDER BY p.id LIMIT 1) FROM authors a',
    ],
    [
      'a subquery that compares otherwise',
      'SELECT (SELECT max(p.score) FROM posts p WHERE p.author_id > a.id) FROM authors a',
    ],
    ['a count that is shown', 'SELECT count(*) FROM posts GROUP BY author_id'],
    ['a count of a column', 'SELECT count(editor_id) FROM posts'],
    ['a text compared as text', 'SELECT * FROM authors WHERE email::text LIKE $1'],
    ['a table that is not in the catalogue', 'SELECT * FROM elsewhere ORDER BY id LIMIT 5 OFFSET $1'],
  ])('%s', async (_, sql) => {
    expect((await rewritten(sql)).map(({ after }) => after)).toEqual([]);
  });

  it('says when NOT IN is the same only without NULLs', async () => {
    const [rewrite] = await rewritten('SELECT id FROM authors WHERE id NOT IN (SELECT editor_id FROM posts)');
    expect(rewrite?.notes).toEqual([expect.stringContaining('only while posts.editor_id holds no NULL')]);
  });
});
