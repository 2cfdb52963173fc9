import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { afterEach, describe, expect, it } from 'vitest';
import { RearguardError } from '../core/errors.ts';
import { connect } from './connection.ts';
import { APPLICATION_ID, assertOurs, migrate, MIGRATIONS } from './migrations.ts';
import { openStore } from './open.ts';
import { DEFAULT_RETENTION, temporaryStores } from './store-fixture.ts';

const stores = temporaryStores();
afterEach(() => stores.removeAll());

const SERIES = { metric: 'm', unit: 'ms', attributes: {} };

function openAt(path: string): ReturnType<typeof openStore> {
  return openStore({ path, retention: DEFAULT_RETENTION });
}

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof RearguardError) return thrown.code;
    throw thrown;
  }
}

function execute(path: string, sql: string): void {
  const db = new Database(path);
  db.exec(sql);
  db.close();
}

describe('the folder of a store', () => {
  it('is made for this user alone and ignores itself in git', () => {
    const path = join(stores.folder(), 'deep', '.rearguard', 'store.db');
    openAt(path).close();
    expect(readFileSync(join(dirname(path), '.gitignore'), 'utf8')).toBe('*\n');
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    const store = openAt(path);
    store.samples.append([{ series: SERIES, samples: [] }]);
    for (const suffix of ['', '-wal', '-shm']) expect(statSync(path + suffix).mode & 0o777).toBe(0o600);
    store.close();
  });

  it('that was there before is left as it is', () => {
    const folder = stores.folder();
    chmodSync(folder, 0o755);
    openAt(join(folder, 'store.db')).close();
    expect(existsSync(join(folder, '.gitignore'))).toBe(false);
    expect(statSync(folder).mode & 0o777).toBe(0o755);
  });

  it('keeps a .gitignore of its owner', () => {
    const folder = join(stores.folder(), '.rearguard');
    mkdirSync(folder);
    writeFileSync(join(folder, '.gitignore'), 'store.db*\n');
    openAt(join(folder, 'store.db')).close();
    expect(readFileSync(join(folder, '.gitignore'), 'utf8')).toBe('store.db*\n');
  });
});

describe('a store that cannot be opened', () => {
  it('because it is not a database is E_STORE_CORRUPT, and is not changed', () => {
    const path = join(stores.folder(), 'store.db');
    writeFileSync(path, 'not a database '.repeat(1_000));
    const before = readFileSync(path);
    expect(codeOf(() => openAt(path))).toBe('E_STORE_CORRUPT');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('because its pages are damaged is E_STORE_CORRUPT, whichever they are', () => {
    const folder = stores.folder();
    const path = join(folder, 'store.db');
    const store = openAt(path);
    for (let number = 0; number < 50; number += 1) {
      store.baselines.save({ tool: 't', name: `n${number}`, savedAtMs: number, data: 'x'.repeat(2_000) });
    }
    store.close();
    const intact = readFileSync(path);
    const codes = new Set<string | undefined>();
    for (let page = 0; page * 4_096 < intact.length; page += 1) {
      const damagedPath = join(folder, `damaged-${page}.db`);
      const damaged = Buffer.from(intact);
      damaged.fill(0xa5, page * 4_096, (page + 1) * 4_096);
      writeFileSync(damagedPath, damaged);
      codes.add(
        codeOf(() => {
          const opened = openAt(damagedPath);
          try {
            opened.maintain(1_780_000_000_000);
            for (const { tool, name } of opened.baselines.list()) opened.baselines.get(tool, name);
          } finally {
            opened.close();
          }
        }),
      );
    }
    codes.delete(undefined);
    expect([...codes]).toEqual(['E_STORE_CORRUPT']);
  });

  it('because it belongs to another program is E_STORE_CORRUPT, and is not changed', () => {
    const path = join(stores.folder(), 'store.db');
    execute(path, 'CREATE TABLE theirs (x)');
    const before = readFileSync(path);
    expect(() => openAt(path)).toThrow(/another program/);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('because a newer Rearguard wrote it is E_STORE_NEWER, with exit code 3', () => {
    const path = join(stores.folder(), 'store.db');
    openAt(path).close();
    execute(path, `PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    const attempt = (): unknown => openAt(path);
    expect(codeOf(attempt)).toBe('E_STORE_NEWER');
    expect(attempt).toThrow(expect.objectContaining({ exitCode: 3 }));
  });

  it('because its folder cannot be made is E_STORE_READONLY', () => {
    const file = join(stores.folder(), 'a-file');
    writeFileSync(file, '');
    expect(codeOf(() => openAt(join(file, '.rearguard', 'store.db')))).toBe('E_STORE_READONLY');
  });

  it('because it is a folder itself is E_STORE_READONLY', () => {
    expect(codeOf(() => openAt(stores.folder()))).toBe('E_STORE_READONLY');
  });
});

describe('migrations', () => {
  it('run forward once each, and leave nothing behind when one fails', () => {
    const path = join(stores.folder(), 'store.db');
    const connection = connect(path);
    migrate(connection, ['CREATE TABLE a (x)']);
    expect(() => migrate(connection, ['CREATE TABLE a (x)', 'CREATE TABLE b (x); SELECT broken'])).toThrow(
      /broken/,
    );
    migrate(connection, ['CREATE TABLE a (x)', 'CREATE TABLE b (x)', 'CREATE TABLE c (x)']);
    const tables = connection.prepare<{ name: string }>('SELECT name FROM sqlite_master ORDER BY name').all();
    expect(tables.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    const id = connection.prepare<{ application_id: number }>('PRAGMA application_id').get();
    expect(id?.application_id).toBe(APPLICATION_ID);
    expect(codeOf(() => assertOurs(connection, 2))).toBe('E_STORE_NEWER');
    expect(codeOf(() => migrate(connection, ['CREATE TABLE a (x)']))).toBe('E_STORE_NEWER');
    connection.close();
  });
});

it('two stores on one file in one process see each other', () => {
  const path = join(stores.folder(), 'store.db');
  const one = openAt(path);
  const two = openAt(path);
  one.samples.append([{ series: SERIES, samples: [{ atMs: 5, outcome: 'ok', value: 1, coversMs: 0 }] }]);
  two.samples.append([{ series: SERIES, samples: [{ atMs: 5, outcome: 'ok', value: 2, coversMs: 0 }] }]);
  expect(one.samples.raw(SERIES, { fromMs: 0, toMs: 9 }).map(({ value }) => value)).toEqual([1, 2]);
  one.close();
  expect(two.samples.raw(SERIES, { fromMs: 0, toMs: 9 })).toHaveLength(2);
  two.close();
});
