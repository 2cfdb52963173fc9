import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import { createSandboxes } from '../platform/postgres/sandbox.ts';
import { absoluteSqliteUrl } from '../platform/sql/database-url.ts';
import { createMysqlConnector } from '../platform/sql/mysql.ts';
import { createSqliteConnector } from '../platform/sqlite/session.ts';
import { installed } from '../platform/test-support/debian-program.ts';
import { startMariadb } from '../platform/test-support/debian-servers.ts';
import { examineDatabase } from './doctor-databases.ts';

const sandboxes = createSandboxes(process.cwd());
const signal = new AbortController().signal;

describe.skipIf(!installed('mariadbd'))('on MariaDB', () => {
  it('tells whether the account sees enough and no more, and that no statements are counted', async () => {
    const server = await startMariadb({
      sql: ['plain', 'watcher', 'insert']
        .flatMap((user) => [
          `CREATE USER '${user}';`,
          `GRANT SELECT${user === 'plain' ? '' : ', PROCESS'} ON *.* TO '${user}';`,
        ])
        .join('\n'),
    });
    async function examine(user: string) {
      const url = `mysql://${user}@127.0.0.1:${server.port}/`;
      return examineDatabase(
        'target db',
        { kind: 'database', name: 'db', url },
        { sql: createMysqlConnector(), sandboxes },
        systemClock,
        signal,
      );
    }
    expect(await examine('plain')).toMatchObject([
      { result: 'warn', hint: "GRANT PROCESS ON *.* TO 'plain'@'%';" },
      { name: 'target db statistics', result: 'warn' },
      { name: 'target db clock', result: 'ok' },
    ]);
    expect((await examine('watcher'))[0]).toMatchObject({ result: 'ok' });
    expect((await examine('insert'))[0]).toMatchObject({ result: 'ok' });
    expect((await examine('root'))[0]).toMatchObject({
      result: 'warn',
      detail: expect.stringContaining('may write') as string,
    });
    await server.stop();
  });
});

describe('a SQLite file', () => {
  it('is described', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rearguard-doctor-'));
    const owner = new Database(join(folder, 'app.db'));
    owner.exec('CREATE TABLE product (id)');
    owner.close();
    const target = { kind: 'database' as const, name: 'db', url: absoluteSqliteUrl('sqlite:app.db', folder) };
    const [row] = await examineDatabase(
      'target db',
      target,
      { sql: createSqliteConnector(), sandboxes },
      systemClock,
      signal,
    );
    expect(row).toMatchObject({
      result: 'ok',
      detail: expect.stringMatching(/^app\.db, 8\.2 kB, journal mode delete; read by SQLite 3/) as string,
    });
    await rm(folder, { recursive: true, force: true });
  });
});
