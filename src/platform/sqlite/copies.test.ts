import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { absoluteSqliteUrl } from '../sql/database-url.ts';
import { sqliteCopies } from './copies.ts';

const options = { timeoutMs: 10_000, signal: new AbortController().signal, maxBytes: 10_000_000 };
let folder: string;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rearguard-source-'));
  const owner = new Database(join(folder, 'app.db'));
  owner.exec(`CREATE TABLE product (id INTEGER PRIMARY KEY, name TEXT, picture BLOB);
    INSERT INTO product VALUES (1, 'lamp', x'00ff'), (2, 'desk', NULL)`);
  owner.close();
  url = absoluteSqliteUrl('sqlite:app.db', folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a copy', () => {
  it('has everything, is changed alone, and leaves nothing', async () => {
    const before = readdirSync(folder);
    const copy = await sqliteCopies.copy(url, options);
    expect(await copy.query('SELECT COUNT(*) AS n FROM product')).toEqual([{ n: 2 }]);
    await copy.execute('CREATE INDEX by_name ON product (name)');
    const [file] = await copy.query<{ file: string }>('PRAGMA database_list');
    const path = String(file?.file);
    expect(statSync(join(path, '..')).mode & 0o077).toBe(0);
    await copy.close();
    expect(existsSync(join(path, '..'))).toBe(false);
    expect(readdirSync(folder)).toEqual(before);
  });

  it('tells results apart by value, and by order only where asked', async () => {
    const copy = await sqliteCopies.copy(url, options);
    const rising = await copy.measure('SELECT * FROM product ORDER BY id');
    const falling = await copy.measure('SELECT * FROM product ORDER BY id DESC');
    expect(rising).toMatchObject({ rows: 2, unordered: falling.unordered });
    expect(rising.ordered).not.toBe(falling.ordered);
    const other = await copy.measure('SELECT id, name, NULL FROM product');
    expect(other.unordered).not.toBe(rising.unordered);
    await expect(copy.measure('DELETE FROM product RETURNING id')).rejects.toMatchObject({
      code: 'E_SQL_REFUSED',
    });
    await copy.close();
  });

  it('is not made of what is too large, too slow, or not there', async () => {
    await expect(sqliteCopies.copy(url, { ...options, maxBytes: 1 })).rejects.toMatchObject({
      code: 'E_NOTHING_TO_CHECK',
    });
    await expect(sqliteCopies.copy(`${url}x`, options)).rejects.toMatchObject({ code: 'E_SQL_REFUSED' });
    const copy = await sqliteCopies.copy(url, { ...options, timeoutMs: 300 });
    const endless = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT MAX(x) FROM n';
    await expect(copy.measure(endless)).rejects.toMatchObject({ code: 'E_TIMEOUT' });
    await copy.close();
  });
});

describe('an empty database', () => {
  it('takes a schema and its statistics to plan with', async () => {
    const empty = await sqliteCopies.empty(options);
    await empty.execute('CREATE TABLE a (b); CREATE INDEX c ON a (b); ANALYZE');
    await empty.execute("INSERT INTO sqlite_stat1 VALUES ('a', 'c', '1000 1'); ANALYZE sqlite_schema");
    const plan = await empty.query('EXPLAIN QUERY PLAN SELECT * FROM a WHERE b = 1');
    expect(plan).toMatchObject([{ detail: 'SEARCH a USING COVERING INDEX c (b=?)' }]);
    await empty.close();
  });
});
