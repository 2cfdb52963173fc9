import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { createConnection, type Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quantile } from '../../../../core/histogram.ts';
import { systemFiles } from '../../../../platform/files.ts';
import { installed, type RunningProgram } from '../../../../platform/test-support/debian-program.ts';
import { startMariadb } from '../../../../platform/test-support/debian-servers.ts';
import { readSlowLogs } from './read-slow-logs.ts';
import { createSlowLogReader, MAX_STATEMENT, type SlowLogEntry } from './slow-log.ts';
import { withoutValues } from './slow-log-summary.ts';

function read(text: string): { entries: SlowLogEntry[]; unreadable: number; administrator: number } {
  const reader = createSlowLogReader();
  const entries = text.split('\n').flatMap((line) => reader.push(line));
  entries.push(...reader.end());
  return { entries, unreadable: reader.unreadable(), administrator: reader.administrator() };
}

/** As MariaDB 10.11 wrote it: no second `# Time:` within a second, a statement with lines that look like headers. */
const MARIADB = `/usr/sbin/mariadbd, Version: 10.11.19-MariaDB-0+deb12u1-log (Debian 12). started with:
Tcp port: 46751  Unix socket: /run/mysqld/mysqld.sock
Time		    Id Command	Argument
# Time: 261128  5:15:05
# User@Host: root[root] @ localhost [127.0.0.1]
# Thread_id: 5  Schema: shop  QC_hit: No
# Query_time: 0.096098  Lock_time: 0.000373  Rows_sent: 0  Rows_examined: 50000
# Rows_affected: 50000  Bytes_sent: 56
# Pages_accessed: 150197  Pages_read: 1  Pages_prefetched: 0  Pages_updated: 100567  Old_rows_read: 0
# Full_scan: Yes  Full_join: No  Tmp_table: No  Tmp_table_on_disk: No
#
# explain: id	select_type	table	type	possible_keys	key	key_len	ref	rows	r_rows	filtered	r_filtered	Extra
# explain: 1	SIMPLE	seq_1_to_50000	index	NULL	PRIMARY	8	NULL	50000	50000.00	100.00	100.00	Using index
#
use \`shop\`;
SET timestamp=1795842905;
INSERT INTO t SELECT seq, seq % 7 FROM seq_1_to_50000;
# User@Host: root[root] @ localhost [127.0.0.1]
# Thread_id: 5  Schema: shop  QC_hit: No
# Query_time: 0.110588  Lock_time: 0.000085  Rows_sent: 1  Rows_examined: 50000
# Rows_affected: 0  Bytes_sent: 106
SET timestamp=1795842905;
SELECT /* hi */ SLEEP(0.1),
 COUNT(*)
# Time: 260101 1:02:03
FROM t WHERE v = 3;
# User@Host: app[app] @ web-1 [10.0.0.7]
# Thread_id: 9  Schema:   QC_hit: No
# Query_time: 0.000916  Lock_time: 0.000020  Rows_sent: 0  Rows_examined: 0
# Rows_affected: 0  Bytes_sent: 0
SET timestamp=1795842906;
# administrator command: Ping;
`;

/** Format of MySQL 8 with log_slow_extra, as its manual and worklog 12393 have it. */
const MYSQL = `/usr/sbin/mysqld, Version: 8.0.36 (MySQL Community Server - GPL). started with:
Tcp port: 3306  Unix socket: /var/run/mysqld/mysqld.sock
Time                 Id Command    Argument
# Time: 2026-11-28T05:15:05.250000Z
# User@Host: web app[web app] @ [10.0.0.7]  Id:    42
# Query_time: 1.500000  Lock_time: 0.000002 Rows_sent: 20  Rows_examined: 120020 Thread_id: 42 Errno: 0 Killed: 0 Bytes_received: 0 Bytes_sent: 911 Start: 2026-11-28T05:15:03.750000Z End: 2026-11-28T05:15:05.250000Z
use shop;
SET timestamp=1795842903;
SELECT id FROM orders ORDER BY id LIMIT 20 OFFSET 120000;
# Time: 2026-11-28T05:15:09.000000+01:00
# User@Host: web app[web app] @ [10.0.0.7]  Id:    42
# Query_time: 0.700000  Lock_time: 0.000002 Rows_sent: 1  Rows_examined: 7
SET last_insert_id=3,insert_id=4,timestamp=1795842909;
INSERT INTO log (text) VALUES ('a;
b');
`;

describe('the slow query log', () => {
  it('of MariaDB', () => {
    const { entries, unreadable, administrator } = read(MARIADB);
    expect(unreadable).toBe(0);
    expect(administrator).toBe(1);
    expect(entries).toEqual([
      {
        atMs: 1_795_842_905_000,
        user: 'root',
        database: 'shop',
        durationMs: expect.closeTo(96.098) as number,
        lockMs: expect.closeTo(0.373) as number,
        rowsSent: 0,
        rowsExamined: 50_000,
        rowsAffected: 50_000,
        statement: 'INSERT INTO t SELECT seq, seq % 7 FROM seq_1_to_50000',
        isCut: false,
      },
      expect.objectContaining({
        atMs: 1_795_842_905_000,
        statement: 'SELECT /* hi */ SLEEP(0.1),\n COUNT(*)\n# Time: 260101 1:02:03\nFROM t WHERE v = 3',
      }),
    ]);
  });

  it('of MySQL, whose entries name their database only when it is another', () => {
    const { entries, unreadable } = read(MYSQL);
    expect(unreadable).toBe(0);
    expect(
      entries.map(({ atMs, database, user, rowsExamined }) => [atMs, database, user, rowsExamined]),
    ).toEqual([
      [1_795_842_903_000, 'shop', 'web app', 120_020],
      [1_795_842_909_000, 'shop', 'web app', 7],
    ]);
    expect(entries[1]?.statement).toBe("INSERT INTO log (text) VALUES ('a;\nb')");
  });

  it('counts what it cannot read, and goes on with the next entry', () => {
    const { entries, unreadable } = read(`of a statement;\nwithout its beginning;\n${MYSQL}`);
    expect([entries.length, unreadable]).toEqual([2, 2]);
    const crashed = MYSQL.replace('OFFSET 120000;', 'OFFSET') + MYSQL;
    expect(read(crashed).entries.length).toBeGreaterThanOrEqual(3);
  });

  it('keeps no more of a statement than it may', () => {
    const long = MYSQL.replace('SELECT id', `SELECT ${'x, '.repeat(20_000)} id`);
    const [entry, next] = read(long).entries;
    expect(entry).toMatchObject({ isCut: true });
    expect(entry?.statement.length).toBe(MAX_STATEMENT);
    expect(next?.isCut).toBe(false);
  });

  it('is read whatever its lines are', () => {
    const lines = fc.array(
      fc.oneof(fc.string(), fc.constantFrom(...MARIADB.split('\n'), ...MYSQL.split('\n'))),
    );
    fc.assert(
      fc.property(lines, (some) => {
        const { entries } = read(some.join('\n'));
        return entries.every(
          ({ durationMs, statement }) => durationMs >= 0 && statement.length <= MAX_STATEMENT,
        );
      }),
    );
  });
});

describe('statements without their values', () => {
  it('are the same when only values differ, and not when more does', () => {
    const of = withoutValues;
    expect(of("SELECT * FROM t WHERE a = 'x' AND b IN (1, 2, 3)")).toBe(
      of('SELECT * FROM t WHERE a = 4 AND b IN (5)'),
    );
    expect(of('INSERT INTO t VALUES (1, 2), (3, 4)')).toBe(of("INSERT INTO t VALUES (5, 'y')"));
    expect(of('SELECT * FROM t WHERE a = -1')).toBe(of('SELECT * FROM t WHERE a = 1'));
    expect(of('SELECT * FROM t WHERE a = 1')).not.toBe(of('SELECT * FROM t WHERE b = 1'));
    expect(of("SELECT * FROM t WHERE a = 'secret")).not.toContain('secret');
  });
});

describe.skipIf(!installed('mariadbd'))('the log of a MariaDB server', () => {
  let server: RunningProgram;
  let owner: Connection;
  const range = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
  const signal = new AbortController().signal;

  beforeAll(async () => {
    server = await startMariadb({
      args: ['--slow-query-log=ON', '--long-query-time=0.05', '--slow-query-log-file=slow.log'],
    });
    owner = await createConnection({ host: '127.0.0.1', port: server.port, user: 'root' });
    await owner.query('CREATE DATABASE shop');
    await owner.query('USE shop');
    await owner.query('CREATE TABLE part (id int PRIMARY KEY, v int)');
    await owner.query('INSERT INTO part SELECT seq, seq % 7 FROM seq_1_to_3000');
  });
  afterAll(async () => {
    await owner.end();
    await server.stop();
  });

  it('is silent while nothing is slow, and then says how slow, how often, and what it read', async () => {
    const path = join(server.directory, 'data', 'slow.log');
    const before = await readSlowLogs(systemFiles, [path], { range, signal });
    const slow = (entries: typeof before): string[] =>
      entries.known
        ? entries.value.summary.statements.map(({ text }) => text).filter((text) => text.includes('SLEEP'))
        : [entries.reason];
    expect(slow(before)).toEqual([]);
    for (let turn = 1; turn <= 6; turn += 1) {
      await owner.query(`SELECT COUNT(*), SLEEP(0.0${turn + 3})\nFROM part WHERE v = ${turn}`);
      await owner.query('SELECT v FROM part WHERE id = 5');
    }
    const after = await readSlowLogs(systemFiles, [join(server.directory, 'data', 'slow*.log')], {
      range,
      signal,
    });
    expect(slow(after)).toEqual(['SELECT COUNT ( * ) , SLEEP ( ? ) FROM part WHERE v = ?']);
    const [statement] = after.known
      ? after.value.summary.statements.filter(({ text }) => text.includes('SLEEP'))
      : [];
    // 40 ms is not logged; sleeping takes a little longer than it should.
    expect(statement?.durations.count).toBeGreaterThanOrEqual(5);
    expect(statement === undefined ? 0 : quantile(statement.durations, 0.95)).toBeGreaterThan(80);
    expect((statement?.rowsExamined ?? 0) / (statement?.durations.count ?? 1)).toBe(3_000);
    expect(statement?.database).toBe('shop');
  });

  it('that is another file is loudly no log', async () => {
    const path = join(server.directory, 'other.log');
    await writeFile(path, '2026-11-28 05:15:04 0 [Note] InnoDB: log sequence number 45502\n'.repeat(20));
    const reading = await readSlowLogs(systemFiles, [path], { range, signal });
    expect(reading).toMatchObject({ known: false });
    expect(reading.known ? '' : reading.reason).toContain('none of its lines');
    expect(await readFile(path, 'utf8')).toContain('InnoDB');
  });
});
