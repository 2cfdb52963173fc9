import { createConnection, type Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import { createMysqlConnector } from '../../../platform/sql/mysql.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import { installed, type RunningProgram } from '../../../platform/test-support/debian-program.ts';
import { startMariadb } from '../../../platform/test-support/debian-servers.ts';
import { assessMysqlDeadlocks, assessMysqlSettings } from '../analyze/mysql/settings.ts';
import { assessMysqlStatements } from '../analyze/mysql/statements.ts';
import { assessBufferPool } from '../analyze/mysql/storage.ts';
import type { MysqlLook } from '../analyze/mysql/look.ts';
import { trackerOptionsSchema } from '../options.ts';
import { lookAtMysql } from './mysql.ts';

const signal = new AbortController().signal;
const options = trackerOptionsSchema.parse({});
const READER = ["CREATE USER 'reader';", "GRANT SELECT, PROCESS, SLAVE MONITOR ON *.* TO 'reader';"];

/** Rules over what happens in a window: each with a load that it reports, and one close to it. */
describe.skipIf(!installed('mariadbd'))('what a MariaDB server does in a window', () => {
  let server: RunningProgram;
  let owner: Connection;
  let session: SqlSession;

  const connect = (): Promise<Connection> =>
    createConnection({ host: '127.0.0.1', port: server.port, user: 'root', multipleStatements: true });

  beforeAll(async () => {
    server = await startMariadb({
      // So many pages the server keeps free by itself; of a pool that is smaller they would be most.
      args: ['--performance-schema=ON', '--innodb-lru-scan-depth=100', '--innodb-buffer-pool-size=48M'],
      sql: READER.join('\n'),
    });
    owner = await connect();
    await owner.query(`
      CREATE DATABASE shop; USE shop;
      CREATE TABLE part (id int PRIMARY KEY, v int, note text);
      CREATE TABLE large (id int PRIMARY KEY, filler varchar(1000));
      INSERT INTO part SELECT seq, seq % 7, REPEAT('x', 100) FROM seq_1_to_2000;
      INSERT INTO large SELECT seq, REPEAT('y', 900) FROM seq_1_to_75000;`);
    session = await createMysqlConnector().open(`mysql://reader@127.0.0.1:${server.port}/`, {
      statementTimeoutMs: 5_000,
      signal,
    });
  });
  afterAll(async () => {
    await session.close();
    await owner.end();
    await server.stop();
  });

  /** A window that holds the whole of this work. */
  async function during(work: () => Promise<void>, windowMs = 2_500): Promise<MysqlLook> {
    const database = { target: 'db', session };
    const looking = lookAtMysql({ clock: systemClock, signal }, database, options, windowMs);
    await systemClock.sleep(700);
    await work();
    return looking;
  }

  const repeat = async (times: number, sql: string): Promise<void> => {
    for (let turn = 0; turn < times; turn += 1) await owner.query(sql);
  };
  const found = (assessed: ReturnType<typeof assessBufferPool>): string[] =>
    assessed.findings.map(({ rule, subject }) => `${rule.split('/')[1]} ${subject.name}`);

  it('deadlocks are reported, and a mere wait for a lock is not', async () => {
    const [a, b] = [await connect(), await connect()];
    const waited = await during(async () => {
      await a.query('USE shop; BEGIN; UPDATE part SET v = 1 WHERE id = 1');
      const waiting = b.query('UPDATE shop.part SET v = 2 WHERE id = 1');
      await systemClock.sleep(200);
      await a.query('COMMIT');
      await waiting;
    });
    expect(found(assessMysqlDeadlocks(waited))).toEqual([]);
    const locked = await during(async () => {
      await a.query('USE shop; BEGIN; UPDATE part SET v = 1 WHERE id = 1');
      await b.query('USE shop; BEGIN; UPDATE part SET v = 1 WHERE id = 2');
      const outcomes = Promise.allSettled([
        a.query('UPDATE part SET v = 2 WHERE id = 2'),
        b.query('UPDATE part SET v = 2 WHERE id = 1'),
      ]);
      expect((await outcomes).map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      await Promise.all([a.query('ROLLBACK'), b.query('ROLLBACK')]);
    });
    expect(found(assessMysqlDeadlocks(locked))).toEqual(['deadlocks db']);
    await Promise.all([a.end(), b.end()]);
  });

  it('temporary tables on disk are reported, and those in memory are not', async () => {
    const grouping = (column: string): string =>
      `SELECT SQL_BUFFER_RESULT ${column}, COUNT(*) FROM shop.part GROUP BY ${column} ORDER BY 2`;
    const inMemory = await during(() => repeat(30, grouping('v')));
    const spillsOf = (look: MysqlLook): string[] =>
      found(assessMysqlStatements(look)).filter((one) => one.startsWith('temp-spills'));
    expect(spillsOf(inMemory)).toEqual([]);
    await owner.query('SET SESSION tmp_memory_table_size = 1024');
    const onDisk = await during(() => repeat(30, grouping('note')));
    await owner.query('SET SESSION tmp_memory_table_size = DEFAULT');
    expect(spillsOf(onDisk)).toEqual([expect.stringMatching(/^temp-spills db SELECT part /) as string]);
  });

  it('pages that were not in the buffer pool are reported, and not those of a table that fits', async () => {
    await repeat(2, 'SELECT SUM(LENGTH(filler)) FROM shop.large');
    await repeat(5, 'SELECT SUM(LENGTH(note)) FROM shop.part');
    const fits = await during(() => repeat(400, 'SELECT SUM(LENGTH(note)) FROM shop.part'));
    expect(found(assessBufferPool(fits))).toEqual([]);
    // All over a table that is larger: most pages are gone again before the next of their rows is wanted.
    const scattered = `SELECT SUM(LENGTH(l.filler)) FROM seq_1_to_30000 s
      STRAIGHT_JOIN large l ON l.id = (s.seq * 7919) % 75000 + 1`;
    const large = await during(() => repeat(1, scattered), 4_000);
    expect(found(assessBufferPool(large))).toEqual(['cache-misses db']);
  });

  it('a table cache that is too small is reported, and one with room is not', async () => {
    const tables = Array.from({ length: 40 }, (_, index) => `shop.t${index}`);
    for (const table of tables) await owner.query(`CREATE TABLE ${table} (id int PRIMARY KEY)`);
    const openAll = async (): Promise<void> => {
      for (let round = 0; round < 4; round += 1) {
        for (const table of tables) await owner.query(`SELECT * FROM ${table}`);
      }
    };
    await openAll();
    const roomy = await during(openAll);
    expect(found(assessMysqlSettings(roomy))).toEqual([]);
    await owner.query('SET GLOBAL table_open_cache = 10');
    const crowded = await during(openAll);
    const assessed = assessMysqlSettings(crowded);
    expect(found(assessed)).toEqual(['setting-contradicted db table_open_cache']);
    expect(assessed.findings[0]?.fix.patch).toBe('SET GLOBAL table_open_cache = 20;');
    await owner.query('SET GLOBAL table_open_cache = 2000');
  });
});
