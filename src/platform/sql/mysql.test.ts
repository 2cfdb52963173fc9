import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection, type Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installed, type RunningProgram } from '../test-support/debian-program.ts';
import { startMariadb } from '../test-support/debian-servers.ts';
import { createMysqlConnector } from './mysql.ts';
import type { SqlSession } from './types.ts';

const never = new AbortController().signal;
const options = { statementTimeoutMs: 5_000, signal: never };

describe.skipIf(!installed('mariadbd'))('a session on MariaDB', () => {
  let server: RunningProgram;
  let owner: Connection;
  let url: URL;
  let session: SqlSession;

  beforeAll(async () => {
    server = await startMariadb({
      sql: [
        'CREATE DATABASE shop;',
        "CREATE USER reader IDENTIFIED BY 'reader#secret';",
        'GRANT SELECT, PROCESS, EXECUTE ON *.* TO reader;',
      ].join('\n'),
    });
    owner = await createConnection({
      host: '127.0.0.1',
      port: server.port,
      user: 'root',
      database: 'shop',
      multipleStatements: true,
    });
    await owner.query(`
      CREATE TABLE product (id int PRIMARY KEY, name varchar(20));
      INSERT INTO product VALUES (1, 'lamp'), (2, 'desk');
      CREATE SEQUENCE counter;
      CREATE FUNCTION add_product() RETURNS int
        BEGIN INSERT INTO product VALUES (9, 'x'); RETURN 9; END;
      CREATE PROCEDURE commit_and_add() BEGIN COMMIT; START TRANSACTION READ WRITE; INSERT INTO product VALUES (9, 'x'); END;
    `);
    url = new URL(`mysql://reader:reader%23secret@127.0.0.1:${server.port}/shop`);
    session = await createMysqlConnector().open(url.href, options);
  });
  afterAll(async () => {
    await session.close();
    await owner.end();
    await server.stop();
  });

  async function products(): Promise<unknown> {
    return (await owner.query('SELECT id, name FROM product ORDER BY id'))[0];
  }

  describe('reading', () => {
    it('runs queries with parameters, also side by side', async () => {
      const names = await Promise.all(
        [1, 2].map((id) => session.query<{ name: string }>('SELECT name FROM product WHERE id = ?', [id])),
      );
      expect(names).toEqual([[{ name: 'lamp' }], [{ name: 'desk' }]]);
      expect(await session.query('EXPLAIN FORMAT=JSON SELECT * FROM product')).toHaveLength(1);
      expect(await session.query('WITH p AS (SELECT 1 AS one) SELECT * FROM p;')).toEqual([{ one: 1 }]);
      expect(await session.query('SHOW TABLES')).not.toHaveLength(0);
      expect(await session.query("SELECT 'insert into' AS `for update`")).toEqual([
        { 'for update': 'insert into' },
      ]);
    });

    it('says what it talks to', () => {
      expect(session.dialect).toBe('mariadb');
      expect(session.serverVersion).toMatch(/^\d+\.\d+\.\d+$/);
    });

    it('has its limits', async () => {
      const variables = await session.query<{ Variable_name: string; Value: string }>(
        "SHOW SESSION VARIABLES WHERE Variable_name IN ('max_statement_time','lock_wait_timeout','innodb_lock_wait_timeout','tx_read_only')",
      );
      expect(Object.fromEntries(variables.map((row) => [row.Variable_name, row.Value]))).toEqual({
        innodb_lock_wait_timeout: '1',
        lock_wait_timeout: '1',
        max_statement_time: '5.000000',
        tx_read_only: 'ON',
      });
    });

    it('shows what it is in its connection attributes, as far as the server keeps them', async () => {
      const [row] = await session.query<{ user: string }>(
        'SELECT user FROM information_schema.processlist WHERE id = CONNECTION_ID()',
      );
      expect(row).toEqual({ user: 'reader' });
    });
  });

  describe('attempts to write', () => {
    const INSERT = "INSERT INTO product VALUES (9, 'x')";
    it.each([
      INSERT,
      `${INSERT} RETURNING id`,
      `SELECT 1; ${INSERT}`,
      `COMMIT; ${INSERT}`,
      'COMMIT',
      'START TRANSACTION READ WRITE',
      'SET TRANSACTION READ WRITE',
      'SET SESSION TRANSACTION READ WRITE',
      'SET GLOBAL max_connections = 5',
      'SET STATEMENT max_statement_time = 0 FOR SELECT SLEEP(60)',
      'SELECT add_product()',
      'CALL commit_and_add()',
      `EXECUTE IMMEDIATE "${INSERT}"`,
      `PREPARE sneaky FROM "${INSERT}"`,
      'UPDATE product SET name = name',
      'DELETE FROM product',
      'REPLACE INTO product VALUES (1, 2)',
      'TRUNCATE product',
      'DROP TABLE product',
      'CREATE TABLE copied AS SELECT * FROM product',
      'CREATE TEMPORARY TABLE scratch (id int)',
      'ALTER TABLE product ADD COLUMN x int',
      'ANALYZE TABLE product',
      `ANALYZE ${INSERT}`,
      `EXPLAIN ANALYZE ${INSERT}`,
      'OPTIMIZE TABLE product',
      'SELECT * FROM product FOR UPDATE',
      'SELECT * FROM product LOCK IN SHARE MODE',
      '(SELECT * FROM product FOR UPDATE)',
      'SELECT NEXTVAL(counter)',
      'SELECT NEXT VALUE FOR counter',
      'SELECT SETVAL(counter, 7)',
      "SELECT GET_LOCK('x', 1)",
      'LOCK TABLES product WRITE',
      'FLUSH TABLES WITH READ LOCK',
      'FLUSH STATUS',
      'KILL 1',
      'HANDLER product OPEN',
      'DO SLEEP(0)',
      'SELECT id FROM product LIMIT 1 INTO @x',
      "SELECT 1 INTO OUTFILE '/tmp/x'",
      "SELECT 1 INTO/**/DUMPFILE '/tmp/x'",
      "SELECT 1 /*!50000 INTO OUTFILE '/tmp/x' */",
      "SELECT 1 /*M!100000 INTO OUTFILE '/tmp/x' */",
      "SELECT LOAD_FILE('/etc/passwd')",
      "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE product",
      'SHUTDOWN',
      'RESET MASTER',
      'INSTALL SONAME "x"',
      'BEGIN NOT ATOMIC INSERT INTO product VALUES (9, 2); END',
      '/* nothing */',
      '',
    ])('refuses %s', async (sql) => {
      await expect(session.query(sql)).rejects.toMatchObject({ code: 'E_SQL_REFUSED' });
      expect(await products()).toEqual([
        { id: 1, name: 'lamp' },
        { id: 2, name: 'desk' },
      ]);
      expect(await session.query('SELECT @@in_transaction AS open, @@tx_read_only AS readonly')).toEqual([
        { open: 1, readonly: 1 },
      ]);
    });

    it('quotes mean the same, however the server is set', async () => {
      const sql = "SELECT 'a\\' INTO OUTFILE '/tmp/x' -- ' AS text";
      await owner.query("SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES'");
      const other = await createMysqlConnector().open(`mysql://root@127.0.0.1:${server.port}/shop`, options);
      await owner.query('SET GLOBAL sql_mode = DEFAULT');
      await expect(other.query(sql)).rejects.toMatchObject({ code: 'E_SQL_REFUSED' });
      expect(existsSync('/tmp/x')).toBe(false);
      expect(await other.query('SELECT "a" AS text')).toEqual([{ text: 'a' }]);
      await other.close();
    });

    it('the server itself refuses to write, whoever asks', async () => {
      const root = await createMysqlConnector().open(`mysql://root@127.0.0.1:${server.port}/shop`, options);
      await expect(root.query('SELECT add_product()')).rejects.toThrow('READ ONLY transaction');
      const proof = join(server.directory, 'proof');
      await expect(root.query(`SELECT 1 INTO OUTFILE '${proof}'`)).rejects.toMatchObject({
        code: 'E_SQL_REFUSED',
      });
      expect(existsSync(proof)).toBe(false);
      await root.close();
    });
  });

  describe('limits', () => {
    const SLOW = 'SELECT COUNT(*) AS n FROM seq_1_to_1000000 a, seq_1_to_1000000 b';
    it('has the server cancel a query that takes too long', async () => {
      const hasty = await createMysqlConnector().open(url.href, { statementTimeoutMs: 200, signal: never });
      await expect(hasty.query(SLOW)).rejects.toMatchObject({ code: 'E_TIMEOUT' });
      expect(await hasty.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await hasty.close();
    });

    it('does not wait for locks that the backend holds', async () => {
      await owner.query('LOCK TABLES product WRITE');
      await expect(session.query('SELECT * FROM product')).rejects.toThrow('Lock wait timeout');
      await owner.query('UNLOCK TABLES');
    });

    it('gives up on a server that stands still, and ends with its signal', async () => {
      const abort = new AbortController();
      const bound = await createMysqlConnector().open(url.href, {
        statementTimeoutMs: 60_000,
        signal: abort.signal,
      });
      const hasty = await createMysqlConnector().open(url.href, { statementTimeoutMs: 100, signal: never });
      await server.freeze();
      const frozen = hasty.query('SELECT 1');
      const waiting = bound.query('SELECT 1');
      await expect(frozen).rejects.toMatchObject({ code: 'E_TIMEOUT' });
      abort.abort(new Error('enough'));
      await expect(waiting).rejects.toThrow('enough');
      server.thaw();
      await bound.close();
      await hasty.close();
    });
  });

  describe('what cannot be reached', () => {
    it.each([
      ['a wrong password', (at: URL) => (at.password = 'wr%23ng-secret'), 'Access denied'],
      ['a missing database', (at: URL) => (at.pathname = '/nowhere'), ''],
      ['a closed port', (at: URL) => (at.port = '1'), 'ECONNREFUSED'],
      ['TLS that is not offered', (at: URL) => (at.search = 'ssl-mode=REQUIRED'), 'secure'],
    ])('%s is said without the password', async (_, change, expected) => {
      const at = new URL(url);
      change(at);
      const error = await createMysqlConnector()
        .open(at.href, options)
        .then(
          () => undefined,
          (thrown: Error) => thrown,
        );
      expect(error).toMatchObject({ code: 'E_UNREACHABLE' });
      expect(error?.message).toContain(expected);
      expect(JSON.stringify(error) + String(error?.message)).not.toMatch(/secret/);
    });

    it('talks in clear text where TLS is only preferred', async () => {
      const preferred = await createMysqlConnector().open(`${url.href}?ssl-mode=PREFERRED`, options);
      expect(await preferred.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await preferred.close();
    });

    it('an address that is none is not shown', async () => {
      await expect(createMysqlConnector().open('http://reader:secret@h/', options)).rejects.toThrow(
        'not a valid mysql:// URL',
      );
    });
  });
});
