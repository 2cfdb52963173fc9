import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { absoluteSqliteUrl } from '../../../platform/sql/database-url.ts';
import { createSqliteConnector } from '../../../platform/sqlite/session.ts';
import { readSqliteCatalog } from '../../_shared/database/sqlite/catalog.ts';
import { readSqliteHealth } from '../../_shared/database/sqlite/health.ts';
import { trackerOptionsSchema } from '../options.ts';
import { assessSqlite } from './sqlite.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rearguard-file-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const ROWS = 20_000;
const SCHEMA = `
  PRAGMA foreign_keys = 0;
  CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT UNIQUE);
  CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER REFERENCES customers (id), total INTEGER, note TEXT);
  CREATE INDEX by_total ON orders (total, note);
  WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})
    INSERT INTO orders SELECT i, i % 500, i % 100, 'a note of some length, so that the file is not too small ' || i FROM n;`;

async function found(sql: string): Promise<string[]> {
  const owner = new Database(join(folder, 'app.db'));
  owner.exec(SCHEMA + sql);
  owner.close();
  const url = absoluteSqliteUrl('sqlite:app.db', folder);
  const session = await createSqliteConnector().open(url, {
    statementTimeoutMs: 10_000,
    signal: new AbortController().signal,
  });
  const health = await readSqliteHealth(session);
  const catalog = await readSqliteCatalog(session, health.pages);
  await session.close();
  const options = trackerOptionsSchema.parse({ storage: { bloatSize: '100kB' } });
  const { findings } = assessSqlite({ target: 'db', options, health, catalog });
  return findings.map(({ rule, subject }) => `${rule.split('/')[1]} ${subject.name}`).toSorted();
}

describe('rules about a SQLite file', () => {
  it('have nothing to say about one that is in order', async () => {
    expect(await found('CREATE INDEX by_customer ON orders (customer); ANALYZE;')).toEqual([]);
  });

  it('report duplicates, and keys without an index', async () => {
    expect(await found('CREATE INDEX again ON orders (total); ANALYZE;')).toEqual([
      'duplicate-index db again',
      'missing-foreign-key-index db orders customer',
    ]);
  });

  it('keep apart what only looks alike', async () => {
    expect(
      await found(`CREATE INDEX falling ON orders (total DESC); CREATE INDEX some ON orders (total) WHERE note > 'b';
        CREATE INDEX folded ON orders (note COLLATE NOCASE); CREATE INDEX by_customer ON orders (customer); ANALYZE;`),
    ).toEqual([]);
  });

  it('report free pages and missing statistics', async () => {
    expect(
      await found(`CREATE INDEX by_customer ON orders (customer); DELETE FROM orders WHERE id > 4000;`),
    ).toEqual(['bloat db', 'stale-statistics db']);
  });
});
