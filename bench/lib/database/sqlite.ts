import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { absoluteSqliteUrl } from '../../../src/platform/sql/database-url.ts';
import { sqliteCopies } from '../../../src/platform/sqlite/copies.ts';
import { createSqliteConnector } from '../../../src/platform/sqlite/session.ts';
import { readSqliteCatalog } from '../../../src/tools/_shared/database/sqlite/catalog.ts';
import { adviseSqlite } from '../../../src/tools/query-optimizer/sqlite/advise.ts';
import { openPlanner } from '../../../src/tools/query-optimizer/sqlite/planner.ts';
import { proveSqlite } from '../../../src/tools/query-optimizer/sqlite/prove.ts';
import { statementsOf } from '../../../src/tools/query-optimizer/sqlite/queries.ts';
import { type BenchRow, row } from '../bench.ts';

const NAME = 'SQLite';
const signal = new AbortController().signal;
const STEP = { timeoutMs: 60_000, signal };

const QUERIES = `
SELECT id, total, created FROM orders WHERE customer = 4711 ORDER BY created DESC LIMIT 20;
SELECT COUNT(*) FROM orders WHERE customer = 99 AND total > 50;
SELECT id, email FROM customers WHERE id = 17;
SELECT * FROM countries WHERE name = 'France';`;

/** Figure 9: the index that a file of queries lacks is found, and proven on a copy; the file itself stays as it was. */
export async function benchSqlite(log: (line: string) => void, { quick = false } = {}): Promise<BenchRow[]> {
  const rowCount = quick ? 100_000 : 500_000;
  const folder = await mkdtemp(join(tmpdir(), 'rearguard-bench-sqlite-'));
  try {
    log(`SQLite with ${rowCount} orders`);
    const path = join(folder, 'app.db');
    makeDatabase(path, rowCount);
    const before = await stateOf(folder);
    const url = absoluteSqliteUrl('sqlite:app.db', folder);
    const session = await createSqliteConnector().open(url, { statementTimeoutMs: 30_000, signal });
    const startedAt = performance.now();
    const catalog = await readSqliteCatalog(session);
    const planner = await openPlanner(session, catalog, sqliteCopies, STEP);
    const { recommendations, reasons } = await adviseSqlite(
      statementsOf(QUERIES),
      catalog,
      planner,
      ({ rows }) => rows ?? 0,
    );
    const adviceMs = performance.now() - startedAt;
    await planner.close();
    await session.close();
    log('proof on two copies');
    const proofs = await Promise.all(
      recommendations.map((one) =>
        proveSqlite(url, one, sqliteCopies, { ...STEP, maxBytes: 2_000_000_000, rounds: 9 }),
      ),
    );
    const proven = proofs.filter(({ verdict }) => verdict === 'proven');
    const queries = proven.flatMap((proof) => proof.queries);
    const factor = Math.min(...queries.map((one) => one.before.milliseconds / one.after.milliseconds));
    return [
      row({
        name: `${NAME}: missing index found for two of four queries`,
        value: recommendations.length,
        unit: 'index',
        goal: { op: '=', value: 1 },
        note: recommendations.map(({ statement }) => statement).join(' '),
      }),
      row({
        name: `${NAME}: reasons for the queries without advice`,
        value: reasons.length,
        unit: 'of 2',
        goal: { op: '=', value: 2 },
        note: reasons.map(({ reason }) => reason).join('; '),
      }),
      row({
        name: `${NAME}: time to the advice`,
        value: Math.round(adviceMs),
        unit: 'ms',
        goal: { op: '<=', value: 2_000 },
      }),
      row({
        name: `${NAME}: proven on a copy, the slower of its queries`,
        value: Number.isFinite(factor) ? Math.round(factor) : 0,
        unit: 'times as fast',
        goal: { op: '>=', value: 5 },
        samples: 9,
        note: proofs.map(({ reason }) => reason).join('; '),
      }),
      row({
        name: `${NAME}: queries with the same rows`,
        value: queries.filter(({ sameResult }) => sameResult).length,
        unit: `of ${queries.length}`,
        goal: { op: '=', value: 2 },
      }),
      row({
        name: `${NAME}: bytes of the user's folder that changed`,
        value: (await stateOf(folder)) === before ? 0 : 1,
        unit: '',
        goal: { op: '=', value: 0 },
        note: 'names, sizes and contents compared',
      }),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function makeDatabase(path: string, orders: number): void {
  const owner = new Database(path);
  owner.exec(`
    PRAGMA foreign_keys = 0;
    CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE);
    CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customers (id), total INTEGER, created TEXT, note TEXT);
    CREATE TABLE countries (code TEXT PRIMARY KEY, name TEXT);
    CREATE INDEX by_total ON orders (total);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${orders})
      INSERT INTO orders SELECT i, 1 + (i * 7919) % 10000, i % 100, datetime(1700000000 + i, 'unixepoch'), 'a note of some length' FROM n;
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
      INSERT INTO customers SELECT i, 'u' || i || '@x' FROM n;
    INSERT INTO countries VALUES ('de', 'Germany'), ('fr', 'France');
    ANALYZE;`);
  owner.close();
}

async function stateOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of (await readdir(folder)).toSorted())
    hash.update(name).update(await readFile(join(folder, name)));
  return hash.digest('hex');
}
