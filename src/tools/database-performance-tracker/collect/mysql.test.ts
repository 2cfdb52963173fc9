import { createConnection, type Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../platform/clock.ts';
import { createMysqlConnector } from '../../../platform/sql/mysql.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import { installed, type RunningProgram } from '../../../platform/test-support/debian-program.ts';
import { startMariadb } from '../../../platform/test-support/debian-servers.ts';
import { assessMysql, assessMysqlLive } from '../analyze/mysql/assess.ts';
import type { MysqlLook } from '../analyze/mysql/look.ts';
import { trackerOptionsSchema } from '../options.ts';
import { lookAtMysql } from './mysql.ts';

const signal = new AbortController().signal;
const options = trackerOptionsSchema.parse({
  transactions: { idle: '200ms' },
  blocking: { wait: '200ms' },
  statements: { slow: '1ms' },
  indexes: { unusedSize: '1kB' },
});

const READER = ["CREATE USER 'reader';", "GRANT SELECT, PROCESS, SLAVE MONITOR ON *.* TO 'reader';"];
const SCHEMA = `
  CREATE DATABASE shop; USE shop;
  CREATE TABLE customers (id int PRIMARY KEY AUTO_INCREMENT, email varchar(80) NOT NULL, tenant_id int NOT NULL,
    status tinyint NOT NULL, created datetime NOT NULL, UNIQUE KEY by_email (email), KEY by_tenant (tenant_id),
    KEY by_tenant_created (tenant_id, created), KEY by_created (created));
  CREATE TABLE orders (id int PRIMARY KEY AUTO_INCREMENT, customer_id int NOT NULL, total int,
    FOREIGN KEY (customer_id) REFERENCES customers (id));
  CREATE TABLE tickets (id tinyint unsigned PRIMARY KEY AUTO_INCREMENT, text varchar(10));
  INSERT INTO customers (email, tenant_id, status, created)
    SELECT CONCAT('u', seq, '@x'), seq % 50, seq % 3, NOW() - INTERVAL seq SECOND FROM seq_1_to_5000;
  INSERT INTO orders (customer_id, total) SELECT 1 + seq % 5000, seq FROM seq_1_to_20000;
  INSERT INTO tickets VALUES (250, 'x');
  ANALYZE TABLE customers, orders;`;

describe.skipIf(!installed('mariadbd'))('rules on a MariaDB server', () => {
  let server: RunningProgram;
  let owner: Connection;
  let session: SqlSession;

  async function start(args: readonly string[]): Promise<void> {
    server = await startMariadb({ args, sql: READER.join('\n') });
    owner = await connectAs('root');
    await owner.query(SCHEMA);
    session = await createMysqlConnector().open(`mysql://reader@127.0.0.1:${server.port}/`, {
      statementTimeoutMs: 5_000,
      signal,
    });
  }
  async function stop(): Promise<void> {
    await session.close();
    await owner.end();
    await server.stop();
  }
  const connectAs = (user: string): Promise<Connection> =>
    createConnection({ host: '127.0.0.1', port: server.port, user, multipleStatements: true });
  const look = (watchMs: number): Promise<MysqlLook> =>
    lookAtMysql({ clock: systemClock, signal }, { target: 'db', session }, options, watchMs);
  const found = (assessed: ReturnType<typeof assessMysql>): string[] =>
    assessed.findings.map(({ rule, subject }) => `${rule.split('/')[1]} ${subject.kind} ${subject.name}`);

  describe('with performance_schema', () => {
    beforeAll(() =>
      start(['--performance-schema=ON', '--performance-schema-instrument=wait/lock/metadata/sql/mdl=ON']),
    );
    afterAll(stop);

    it('finds what lies in its structure, and leaves alone what is needed', async () => {
      await owner.query(
        'SELECT * FROM orders WHERE customer_id = 7; SELECT COUNT(*) FROM customers WHERE tenant_id < 10',
      );
      const assessed = assessMysql(await look(0));
      expect(found(assessed).toSorted()).toEqual([
        'duplicate-index index db shop.customers.by_tenant',
        'sequence-overflow table db shop.tickets',
        'unused-index index db shop.customers.by_created',
      ]);
      const duplicate = assessed.findings.find(({ rule }) => rule.endsWith('duplicate-index'));
      expect(duplicate?.fix.patch).toBe('ALTER TABLE `shop`.`customers` DROP INDEX `by_tenant`;');
      expect(duplicate?.fix.steps.join(' ')).toContain('IGNORED');
      await owner.query(duplicate?.fix.patch ?? '');
      expect(found(assessMysql(await look(0)))).not.toContain(
        'duplicate-index index db shop.customers.by_tenant',
      );
    });

    it('finds a statement that is slow in the window, and not what was slow before it', async () => {
      const slow = 'SELECT COUNT(*) FROM orders a JOIN orders b ON a.total = b.total + ? WHERE b.id < 40';
      await owner.query('SELECT SLEEP(0.1) + COUNT(*) FROM tickets');
      const looking = look(1_500);
      await systemClock.sleep(300);
      for (let index = 0; index < 6; index += 1) await owner.query(slow.replace('?', String(index)));
      const assessed = assessMysql(await looking);
      const statements = assessed.findings.filter(({ rule }) => rule.endsWith('slow-statement'));
      expect(statements.map(({ subject }) => subject.name)).toEqual([
        expect.stringMatching(/^db SELECT orders [0-9a-f]{8}$/) as string,
      ]);
      expect(statements[0]?.evidence).toContainEqual(expect.objectContaining({ label: 'calls', value: 6 }));
    });

    it('names the sleeping transaction that others wait for, and who waits for a table', async () => {
      const holder = await connectAs('root');
      const victim = await connectAs('root');
      const migration = await connectAs('root');
      const reader = await connectAs('root');
      await holder.query('USE shop; BEGIN; UPDATE customers SET status = 1 WHERE id = 1');
      const waiting = [
        victim.query('UPDATE shop.customers SET status = 2 WHERE id = 1'),
        migration.query('ALTER TABLE shop.customers ADD COLUMN note int'),
      ];
      await systemClock.sleep(200);
      waiting.push(reader.query('SELECT * FROM shop.customers LIMIT 1'));
      await systemClock.sleep(400);
      const assessed = assessMysqlLive(await look(0));
      expect(found(assessed).toSorted()).toEqual([
        'blocking-chain target db',
        'idle-in-transaction target db',
      ]);
      const chain = assessed.findings.find(({ rule }) => rule.endsWith('blocking-chain'));
      expect(chain?.fix.patch).toBe(`KILL ${holder.threadId};`);
      expect(chain?.evidence).toContainEqual(
        expect.objectContaining({ label: 'connections that wait', value: 3 }),
      );
      await holder.query('ROLLBACK');
      await Promise.all(waiting);
      // MariaDB shows its list of locks as of a tenth of a second ago.
      await systemClock.sleep(200);
      expect(found(assessMysqlLive(await look(0)))).toEqual([]);
      await Promise.all([holder, victim, migration, reader].map((one) => one.end()));
    });

    it('counts connections against the limit', async () => {
      await owner.query('SET GLOBAL max_connections = 10');
      const many = await Promise.all(Array.from({ length: 7 }, () => connectAs('root')));
      const assessed = assessMysqlLive(await look(0));
      expect(found(assessed)).toEqual(['connections-near-limit target db']);
      expect(assessed.findings[0]?.severity).toBe('high');
      await Promise.all(many.map((one) => one.end()));
      await owner.query('SET GLOBAL max_connections = 151');
    });
  });

  describe('with performance_schema off', () => {
    beforeAll(() => start([]));
    afterAll(stop);

    it('says what it could not look at, and the exact steps that change it', async () => {
      const assessed = assessMysql(await look(0));
      const gaps = new Map(
        assessed.notChecked.flatMap(({ rules, hint }) =>
          (rules ?? []).map((rule) => [rule.split('/')[1], hint]),
        ),
      );
      expect(gaps.get('slow-statement')).toContain('performance_schema=ON');
      expect(gaps.get('unused-index')).toContain('SET GLOBAL userstat = ON');
      expect(found(assessed)).toContain('duplicate-index index db shop.customers.by_tenant');
      await owner.query('SET GLOBAL userstat = ON');
      const other = await connectAs('root');
      await other.query('SELECT * FROM shop.customers FORCE INDEX (by_tenant_created) WHERE tenant_id < 40');
      await other.end();
      expect(found(assessMysql(await look(0)))).toContain('unused-index index db shop.customers.by_created');
    });

    it('says which right is missing', async () => {
      await owner.query("CREATE USER 'blind'; GRANT SELECT ON shop.* TO 'blind'");
      const blind = await createMysqlConnector().open(`mysql://blind@127.0.0.1:${server.port}/`, {
        statementTimeoutMs: 5_000,
        signal,
      });
      const seen = await lookAtMysql(
        { clock: systemClock, signal },
        { target: 'db', session: blind },
        options,
        0,
      );
      const hints = assessMysqlLive(seen).notChecked.map(({ hint }) => hint);
      expect(hints).toContain("GRANT PROCESS ON *.* TO 'blind'@'%';");
      expect(hints).toContain("GRANT SLAVE MONITOR ON *.* TO 'blind'@'%';");
      await blind.close();
    });
  });
});
