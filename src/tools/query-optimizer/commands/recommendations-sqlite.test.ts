import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { absoluteSqliteUrl } from '../../../platform/sql/database-url.ts';
import { sqliteCopies } from '../../../platform/sqlite/copies.ts';
import { createSqliteConnector } from '../../../platform/sqlite/session.ts';
import type { ReportDraft } from '../../define.ts';
import { testContext } from './command-fixture.ts';
import { recommendations } from './recommendations.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rearguard-recommend-'));
  const owner = new Database(join(folder, 'app.db'));
  owner.exec(`
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER NOT NULL, total INTEGER);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
      INSERT INTO orders SELECT i, i % 5000, i % 100 FROM n;`);
  owner.close();
  await writeFile(
    join(folder, 'queries.sql'),
    'SELECT total FROM orders WHERE customer = 42;\nSELECT * FROM orders WHERE id = 7;\nSELECT nothing FROM nowhere;',
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function recommend(input: Record<string, unknown>): Promise<ReportDraft> {
  const ctx = {
    ...testContext(absoluteSqliteUrl('sqlite:app.db', folder)),
    sql: createSqliteConnector(),
    sqliteCopies,
    directory: folder,
  };
  return (await recommendations.run(ctx, recommendations.input.parse(input))) as ReportDraft;
}

describe('recommendations for a SQLite file', () => {
  it('proves the index that a file of queries lacks, and has a reason for each other query', async () => {
    const draft = await recommend({ queries: 'queries.sql' });
    const [advised] = recommendations.data.parse(draft.data).databases;
    expect(advised?.recommendations).toMatchObject([
      {
        kind: 'create-index',
        statement: 'CREATE INDEX orders_customer_idx ON orders (customer);',
        rollback: 'DROP INDEX orders_customer_idx;',
        proof: { verdict: 'proven' },
      },
    ]);
    expect(advised?.withoutAdvice.map(({ reason }) => reason)).toEqual([
      'every table in it is looked up by an index already',
      expect.stringContaining('the catalogue does not have') as string,
    ]);
    expect(draft.summary).toContain('1 of them proven');
    expect(draft.sections.length).toBeGreaterThan(1);
  });

  it('says where queries come from when none are given', async () => {
    const draft = await recommend({});
    expect(draft.status).toBe('unknown');
    expect(draft.coverage.notChecked[0]?.hint).toContain('--queries');
  });
});
