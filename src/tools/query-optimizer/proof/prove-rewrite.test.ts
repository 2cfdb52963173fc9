import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../core/statistics/random.ts';
import { loadSqlParser } from '../../_shared/sql/parser.ts';
import { readShape } from '../../_shared/sql/shape.ts';
import type { Rewrite } from '../recommendation.ts';
import { rewritesOf } from '../rewrite/rewrites.ts';
import { proveRewrite } from './prove-rewrite.ts';
import { openTestSandbox, type TestSandbox } from './sandbox-fixture.ts';
import { catalogOf, queryOf, tableOf } from './workload-fixture.ts';

const SET_UP = `
  CREATE TABLE posts (id int PRIMARY KEY, author_id int NOT NULL, editor_id int, created_at timestamptz NOT NULL, body text NOT NULL);
  INSERT INTO posts SELECT n, 1 + (n * 7919) % 3000, CASE WHEN n % 10 = 0 THEN NULL ELSE 1 + n % 500 END,
    timestamptz '2026-01-01' + (n / 3) * interval '1 minute', repeat('x', 60) FROM generate_series(1, 120000) AS n;
  CREATE INDEX posts_created ON posts (created_at, id);
  CREATE INDEX posts_author ON posts (author_id);
  CREATE TABLE authors (id int PRIMARY KEY);
  INSERT INTO authors SELECT generate_series(1, 3500);
`;
const CATALOG = catalogOf(
  tableOf('posts', {
    id: 'integer!',
    author_id: 'integer!',
    editor_id: 'integer',
    created_at: 'timestamp with time zone!',
    body: 'text!',
  }),
  tableOf('authors', { id: 'integer!' }),
);

let sandbox: TestSandbox;
beforeAll(async () => {
  sandbox = await openTestSandbox(SET_UP);
  await sandbox.analyze();
}, 60_000);
afterAll(() => sandbox.close());

async function prove(
  sql: string,
  change: (rewrite: Rewrite) => Rewrite = (rewrite) => rewrite,
): Promise<Rewrite> {
  const query = queryOf(sql, await readShape(sql, CATALOG), { calls: 10, rows: 100 });
  const [rewrite] = rewritesOf(query, CATALOG, await loadSqlParser());
  if (rewrite === undefined) throw new Error('nothing to prove');
  return proveRewrite({
    rewrite: change(rewrite),
    catalog: CATALOG,
    clone: sandbox,
    options: { rounds: 7, timeoutMs: 10_000, budgetMs: 60_000, slower: { ratio: 1.2, ms: 5 } },
    random: seededRandom(3),
    signal: new AbortController().signal,
  });
}

describe('rewrites, proven on data', () => {
  it('walks pages both ways, and measures the deep one', async () => {
    const { proof, notes } = await prove('SELECT * FROM posts ORDER BY created_at LIMIT $1 OFFSET $2');
    expect(proof).toMatchObject({ verdict: 'proven' });
    const [query] = proof?.queries ?? [];
    expect(query?.sameResult).toBe(true);
    expect((query?.before.buffers ?? 0) / (query?.after.buffers ?? 1)).toBeGreaterThan(50);
    expect(notes.join('\n')).toContain('ORDER BY gets id');
  });

  it('refutes pages that skip rows', async () => {
    const { proof } = await prove(
      'SELECT * FROM posts ORDER BY created_at LIMIT $1 OFFSET $2',
      (rewrite) => ({
        ...rewrite,
        after: 'SELECT * FROM posts WHERE posts.created_at > $2 ORDER BY posts.created_at, posts.id LIMIT $1',
      }),
    );
    expect(proof).toMatchObject({
      verdict: 'refuted',
      reason: expect.stringMatching(/^Page \d+ is not the same\.$/) as string,
    });
  });

  it('compares look-ups one by one with all of them at once', async () => {
    const { proof } = await prove('SELECT id, author_id FROM posts WHERE author_id = $1');
    expect(proof?.queries[0]).toMatchObject({ sameResult: true });
    expect(proof?.verdict).not.toBe('not-proven');
  });

  it('shows that NOT IN and NOT EXISTS part where there are NULLs', async () => {
    const same = await prove('SELECT id FROM authors WHERE id NOT IN (SELECT author_id FROM posts)');
    expect(same.proof?.queries[0]?.sameResult).toBe(true);
    const different = await prove('SELECT id FROM authors WHERE id NOT IN (SELECT editor_id FROM posts)');
    expect(different.proof).toMatchObject({
      verdict: 'refuted',
      reason: expect.stringContaining('returns something else') as string,
    });
  });

  it('proves a range of a day with the index that it makes usable', async () => {
    const { proof } = await prove("SELECT id FROM posts WHERE created_at::date = '2026-01-05'");
    expect(proof).toMatchObject({ verdict: 'proven', queries: [{ sameResult: true }] });
  });

  it('is not proven without values', async () => {
    const { proof } = await prove('SELECT id, to_char(created_at, $2) FROM posts WHERE id::text = $1');
    expect(proof).toMatchObject({
      verdict: 'not-proven',
      reason: 'It cannot be run: nobody knows what values $2 has.',
    });
  });
});
