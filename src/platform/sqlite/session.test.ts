import { copyFileSync, existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { absoluteSqliteUrl } from '../sql/database-url.ts';
import type { SqlSession } from '../sql/types.ts';
import { createSqliteConnector } from './session.ts';

const never = new AbortController().signal;
const options = { statementTimeoutMs: 5_000, signal: never };
let root: string;
let session: SqlSession;

/** A folder of its own with one database in it. */
async function database(sql: string, { keepOpen = false } = {}) {
  const folder = await mkdtemp(join(root, 'db-'));
  const path = join(folder, 'app.db');
  const owner = new Database(path);
  owner.exec(sql);
  if (!keepOpen) owner.close();
  return { folder, path, owner, url: absoluteSqliteUrl('sqlite:app.db', folder) };
}

function contents(folder: string): string[] {
  return readdirSync(folder).map((name) => {
    const { size, mtimeMs } = statSync(join(folder, name));
    return `${name} ${size} ${mtimeMs}`;
  });
}

const VIEW = "CREATE VIEW looks_harmless AS SELECT writefile('/tmp/rearguard-was-here', 'x')";
const PRODUCTS =
  "CREATE TABLE product (id INTEGER PRIMARY KEY, name); INSERT INTO product VALUES (1, 'lamp')";
let shop: Awaited<ReturnType<typeof database>>;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'rearguard-sqlite-'));
  shop = await database(`${PRODUCTS}; ${VIEW}`);
  session = await createSqliteConnector().open(shop.url, options);
});
afterAll(async () => {
  await session.close();
  await rm(root, { recursive: true, force: true });
});

describe('reading a file', () => {
  it('runs queries with parameters, also side by side', async () => {
    const rows = await Promise.all(
      [1, 2].map((id) => session.query('SELECT name FROM product WHERE id = ?', [id])),
    );
    expect(rows).toEqual([[{ name: 'lamp' }], []]);
    expect(await session.query('PRAGMA table_info(product)')).toHaveLength(2);
    expect(await session.query('PRAGMA main.page_size')).toEqual([{ page_size: 4_096 }]);
    expect(await session.query('EXPLAIN QUERY PLAN DELETE FROM product WHERE id = 1')).not.toHaveLength(0);
    expect(await session.query('SELECT ? AS yes, 9007199254740993 AS large, NULL AS none', [true])).toEqual([
      { yes: 1, large: '9007199254740993', none: null },
    ]);
    expect(session).toMatchObject({
      dialect: 'sqlite',
      serverVersion: expect.stringMatching(/^3\./) as string,
    });
  });

  it('leaves nothing behind beside a write-ahead log that nobody has open, and sees what comes later', async () => {
    const wal = await database(`PRAGMA journal_mode = WAL; ${PRODUCTS}`);
    // The engine lets go of the file when its statements are collected; a copy is without doubt open nowhere.
    const copy = join(await mkdtemp(join(root, 'alone-')), 'app.db');
    copyFileSync(wal.path, copy);
    const folder = join(copy, '..');
    const before = contents(folder);
    const reader = await createSqliteConnector().open(absoluteSqliteUrl('sqlite:app.db', folder), options);
    expect(await reader.query('SELECT COUNT(*) AS n FROM product')).toEqual([{ n: 1 }]);
    expect(contents(folder)).toEqual(before);
    const writer = new Database(copy);
    writer.exec("INSERT INTO product VALUES (2, 'desk')");
    expect(await reader.query('SELECT COUNT(*) AS n FROM product')).toEqual([{ n: 2 }]);
    writer.exec("INSERT INTO product VALUES (3, 'door')");
    expect(await reader.query('SELECT COUNT(*) AS n FROM product')).toEqual([{ n: 3 }]);
    await reader.close();
    writer.close();
  });

  it('refuses a log that a program left behind: reading it would make a file', async () => {
    const wal = await database(`PRAGMA journal_mode = WAL; ${PRODUCTS}`, { keepOpen: true });
    const folder = await mkdtemp(join(root, 'left-'));
    for (const end of ['', '-wal']) copyFileSync(wal.path + end, join(folder, `app.db${end}`));
    wal.owner.close();
    const before = contents(folder);
    await expect(
      createSqliteConnector().open(absoluteSqliteUrl('sqlite:app.db', folder), options),
    ).rejects.toMatchObject({ code: 'E_UNREACHABLE', hint: expect.stringContaining('once') as string });
    expect(contents(folder)).toEqual(before);
  });

  it('makes no file where there is none, and says what is none', async () => {
    const folder = await mkdtemp(join(root, 'none-'));
    const open = (): Promise<SqlSession> =>
      createSqliteConnector().open(absoluteSqliteUrl('sqlite:app.db', folder), options);
    await expect(open()).rejects.toMatchObject({ code: 'E_UNREACHABLE' });
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(
      join(folder, 'app.db'),
      'this is a text that is much longer than a header of SQLite would be',
    );
    await expect(open()).rejects.toThrow('not a database');
  });
});

describe('attempts to write', () => {
  it.each([
    "INSERT INTO product VALUES (2, 'x')",
    "INSERT INTO product VALUES (2, 'x') RETURNING id",
    'WITH x AS (SELECT 1) DELETE FROM product RETURNING id',
    "SELECT 1; INSERT INTO product VALUES (2, 'x')",
    'UPDATE product SET name = 1',
    'DELETE FROM product',
    'DROP TABLE product',
    'CREATE TABLE other (id)',
    'CREATE TEMP TABLE other (id)',
    'VACUUM',
    'REINDEX',
    'ANALYZE',
    'BEGIN IMMEDIATE',
    "ATTACH 'NEW' AS other",
    "EXPLAIN ATTACH 'NEW' AS other",
    "VACUUM INTO 'NEW'",
    'PRAGMA journal_mode = WAL',
    'PRAGMA journal_mode(WAL)',
    'PRAGMA main.journal_mode = DELETE',
    'PRAGMA wal_checkpoint',
    'PRAGMA user_version = 7',
    'PRAGMA writable_schema = 1',
    'PRAGMA query_only = 0',
    'PRAGMA optimize',
    'PRAGMA incremental_vacuum',
    'PRAGMA "journal_mode" = WAL',
    'EXPLAIN PRAGMA journal_mode = WAL',
    "PRAGMA temp_store_directory = '/'",
    "SELECT load_extension('/lib/x.so')",
    "SELECT writefile('NEW', 'x')",
    `SELECT "writefile"('NEW', 'x')`,
    "SELECT [WriteFile]('NEW', 'x')",
    "SELECT readfile('/etc/passwd')",
    "SELECT name FROM fsdir('/')",
    "SELECT name FROM fsdir WHERE path = '/'",
    "SELECT sha3_query('DELETE FROM product')",
    "SELECT sqlite3mc_config('cipher', 1)",
    'SELECT * FROM looks_harmless',
    "SELECT fts3_tokenizer('simple', X'00')",
    "INSERT INTO sqlite_dbpage VALUES (1, X'00')",
    "SELECT 'open",
    '-- nothing',
    '',
  ])('refuses %s', async (sql) => {
    const before = contents(shop.folder);
    const created = join(shop.folder, 'new.db');
    await expect(session.query(sql.replace('NEW', created))).rejects.toMatchObject({ code: 'E_SQL_REFUSED' });
    expect([created, '/tmp/rearguard-was-here'].filter((path) => existsSync(path))).toEqual([]);
    expect(contents(shop.folder)).toEqual(before);
    expect(await session.query('PRAGMA query_only')).toEqual([{ query_only: 1 }]);
  });
});

describe('limits', () => {
  const ENDLESS = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT MAX(x) FROM n';

  it('ends a query that takes too long, and answers the next', async () => {
    const hasty = await createSqliteConnector().open(shop.url, { ...options, statementTimeoutMs: 300 });
    await expect(hasty.query(ENDLESS)).rejects.toMatchObject({ code: 'E_TIMEOUT' });
    expect(await hasty.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await hasty.close();
    await expect(hasty.query('SELECT 1')).rejects.toThrow('closed');
  });

  it('ends with its signal', async () => {
    const abort = new AbortController();
    const bound = await createSqliteConnector().open(shop.url, {
      statementTimeoutMs: 60_000,
      signal: abort.signal,
    });
    const waiting = bound.query(ENDLESS);
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await bound.close();
  });
});
