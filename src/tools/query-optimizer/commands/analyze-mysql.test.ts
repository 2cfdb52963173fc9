import { createConnection, type Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMysqlConnector } from '../../../platform/sql/mysql.ts';
import { installed, type RunningProgram } from '../../../platform/test-support/debian-program.ts';
import { startMariadb } from '../../../platform/test-support/debian-servers.ts';
import type { ReportDraft } from '../../define.ts';
import { filled } from '../analyze/mysql-indexes.ts';
import { analyze } from './analyze.ts';
import { testContext } from './command-fixture.ts';

describe.skipIf(!installed('mariadbd'))('analyze on MariaDB', () => {
  let server: RunningProgram;
  let owner: Connection;

  beforeAll(async () => {
    server = await startMariadb({
      args: ['--performance-schema=ON'],
      sql: "CREATE USER 'reader';\nGRANT SELECT, PROCESS ON *.* TO 'reader';",
    });
    owner = await createConnection({
      host: '127.0.0.1',
      port: server.port,
      user: 'root',
      multipleStatements: true,
    });
    await owner.query(`
      CREATE DATABASE shop; USE shop;
      CREATE TABLE customers (id int PRIMARY KEY AUTO_INCREMENT, email varchar(80) NOT NULL, status tinyint NOT NULL);
      CREATE TABLE orders (id int PRIMARY KEY AUTO_INCREMENT, customer_id int NOT NULL, total int NOT NULL, KEY by_total (total));
      INSERT INTO customers (email, status) SELECT CONCAT('u', seq, '@x'), seq % 3 FROM seq_1_to_20000;
      INSERT INTO orders (customer_id, total) SELECT 1 + seq % 20000, seq FROM seq_1_to_40000;
      ANALYZE TABLE customers, orders;`);
  }, 60_000);
  afterAll(async () => {
    await owner.end();
    await server.stop();
  });

  async function run(work: () => Promise<void>): Promise<ReportDraft> {
    const ctx = {
      ...testContext(`mysql://reader@127.0.0.1:${server.port}/shop`, { minTime: '1ms' }),
      sql: createMysqlConnector(),
    };
    const input = analyze.input.parse({ duration: '3s' });
    const running = analyze.run(ctx, input) as Promise<ReportDraft>;
    await new Promise((resolve) => setTimeout(resolve, 500));
    await work();
    return running;
  }

  it('finds a full scan with the index that it lacks, and a deep OFFSET; and not a look-up', async () => {
    const draft = await run(async () => {
      for (let turn = 0; turn < 8; turn += 1) {
        await owner.query(`SELECT id, status FROM customers WHERE email = 'u${turn}@x' AND status > 0`);
        await owner.query(`SELECT * FROM orders ORDER BY id LIMIT 10 OFFSET ${30_000 + turn}`);
        await owner.query(`SELECT * FROM orders WHERE id = ${turn}`);
      }
    });
    expect(
      draft.findings.map(({ rule, subject }) => `${rule} ${subject.name.slice(0, -9)}`).toSorted(),
    ).toEqual([
      'query-optimizer/deep-offset shop SELECT orders',
      'query-optimizer/missing-index shop SELECT customers',
    ]);
    const missing = draft.findings.find(({ rule }) => rule.endsWith('missing-index'));
    expect(missing?.fix.patch).toBe(
      'CREATE INDEX `customers_email_status_idx` ON `shop`.`customers` (`email`, `status`);',
    );
    expect(missing?.evidence.find(({ label }) => label === 'EXPLAIN')?.value).toMatch(
      /^type ALL, key NULL, rows \d+$/,
    );
    await owner.query(missing?.fix.patch ?? '');
    const after = await run(async () => {
      for (let turn = 0; turn < 8; turn += 1) {
        await owner.query(`SELECT id, status FROM customers WHERE email = 'u${turn}@x' AND status > 0`);
      }
    });
    expect(after.findings).toEqual([]);
  }, 60_000);
});

describe('filled', () => {
  it('puts the value of its column in the place of each placeholder', () => {
    const values = new Map([
      ['email', "'a@x'"],
      ['status', '2'],
    ]);
    expect(
      filled('SELECT `concat` ( ? ) FROM `t` WHERE `email` = ? AND STATUS IN (...) LIMIT ? OFFSET ?', values),
    ).toBe("SELECT concat( 10 ) FROM `t` WHERE `email` = 'a@x' AND STATUS IN (2) LIMIT 10 OFFSET 10");
  });
});
