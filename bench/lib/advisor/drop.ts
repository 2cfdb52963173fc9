import type { IndexUsage } from '../../../src/tools/query-optimizer/advisor/types.ts';
import { type BenchRow, row } from '../bench.ts';
import { startBenchDatabase } from './database.ts';
import { advise, type BenchQuery, measuredWorkload } from './workload.ts';

/** Each index with what keeps it; null: it can go. */
const PLANTED: readonly {
  name: string;
  sql: string;
  scans: number;
  standby?: number;
  kept: string | null;
}[] = [
  { name: 'code', sql: 'UNIQUE INDEX code ON orders (code)', scans: 0, kept: 'unique' },
  { name: 'customer', sql: 'INDEX customer ON orders (customer_id)', scans: 0, kept: 'foreign key' },
  {
    name: 'region',
    sql: 'INDEX region ON orders (region)',
    scans: 0,
    standby: 512,
    kept: 'used on a standby',
  },
  {
    name: 'open',
    sql: "INDEX open ON orders (tenant_id, created_at) WHERE status = 'open'",
    scans: 90,
    kept: 'partial twin',
  },
  {
    name: 'recent',
    sql: 'INDEX recent ON orders (tenant_id, created_at DESC)',
    scans: 70,
    kept: 'DESC twin',
  },
  {
    name: 'email_posix',
    sql: 'INDEX email_posix ON orders (email COLLATE "POSIX")',
    scans: 20,
    kept: 'other collation',
  },
  {
    name: 'wide',
    sql: 'INDEX wide ON orders (tenant_id, created_at) INCLUDE (total)',
    scans: 400,
    kept: 'INCLUDE superset',
  },
  { name: 'narrow', sql: 'INDEX narrow ON orders (tenant_id, created_at)', scans: 300, kept: null },
  { name: 'prefix', sql: 'INDEX prefix ON orders (tenant_id)', scans: 200, kept: null },
  { name: 'id_twin', sql: 'INDEX id_twin ON orders (id)', scans: 100, kept: null },
  { name: 'note', sql: 'INDEX note ON orders (note)', scans: 0, kept: null },
  { name: 'total', sql: 'INDEX total ON orders (total)', scans: 0, kept: null },
];

const SCHEMA = `
  CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL);
  INSERT INTO customers SELECT n, 'customer ' || n FROM generate_series(1, 5000) n;
  CREATE TABLE orders (id int PRIMARY KEY, tenant_id int NOT NULL, customer_id int NOT NULL REFERENCES customers,
    status text NOT NULL, created_at timestamptz NOT NULL, total numeric NOT NULL, note text, email text, region int,
    code text NOT NULL);
  INSERT INTO orders SELECT n, 1 + hashint4(n) & 255, 1 + n % 5000,
    CASE WHEN n % 10 = 0 THEN 'open' ELSE 'done' END, timestamptz '2026-01-01' + n * interval '7 minutes', n % 997,
    md5(n::text), md5((n % 20000)::text) || '@example.com', n % 12, 'C' || n FROM generate_series(1, 60000) n;`;

const QUERIES: readonly BenchQuery[] = [
  { sql: 'SELECT * FROM orders WHERE id = $1', values: [4_711], calls: 5_000 },
  {
    sql: 'SELECT * FROM orders WHERE tenant_id = $1 AND created_at > $2',
    values: [17, '2026-10-01'],
    calls: 900,
  },
  {
    sql: 'SELECT sum(total) FROM orders WHERE tenant_id = $1 AND created_at > $2',
    values: [17, '2026-10-01'],
    calls: 700,
  },
  {
    sql: 'SELECT * FROM orders WHERE tenant_id = $1 ORDER BY created_at DESC LIMIT 20',
    values: [17],
    calls: 800,
  },
  {
    sql: "SELECT * FROM orders WHERE tenant_id = $1 AND status = 'open' ORDER BY created_at LIMIT 5",
    values: [17],
    calls: 300,
  },
  { sql: 'SELECT * FROM orders WHERE email COLLATE "POSIX" = $1', values: ['x@example.com'], calls: 100 },
  { sql: 'SELECT count(*) FROM orders WHERE code = $1', values: ['C17'], calls: 200 },
];

const DAY_MS = 86_400_000;

/** Twelve planted indexes, of which exactly five can go. */
export async function benchDrops(log: (line: string) => void): Promise<BenchRow[]> {
  const database = await startBenchDatabase();
  try {
    const { client } = database;
    await client.query(SCHEMA);
    for (const { sql } of PLANTED) await client.query(`CREATE ${sql}`);
    await client.query('VACUUM ANALYZE');
    const catalog = await database.catalog();
    const workload = await measuredWorkload(client, catalog, QUERIES);
    log('drop advice on twelve planted indexes');
    const advice = await database.withWhatIf((whatIf) =>
      advise(workload, catalog, whatIf, { create: false }, usage()),
    );
    const expected = PLANTED.filter(({ kept }) => kept === null).map(({ name }) => `public.${name}`);
    const dropped = advice.drops.map(({ name }) => name);
    const wrong = dropped.filter((name) => !expected.includes(name));
    const missed = expected.filter((name) => !dropped.includes(name));
    const worst = Math.max(1, ...advice.drops.map(({ worstRatio }) => worstRatio));
    return [
      row({
        name: 'Drop advice: safe ones found, of five',
        value: expected.length - missed.length,
        unit: 'indexes',
        goal: { op: '=', value: expected.length },
        note:
          missed.length === 0
            ? dropped.join(', ')
            : `missed ${missed.join(', ')}: ${advice.kept.map(({ name, reason }) => `${name} ${reason}`).join('; ')}`,
      }),
      row({
        name: 'Drop advice: others, of seven that must stay',
        value: wrong.length,
        unit: 'indexes',
        goal: { op: '=', value: 0 },
        note: wrong.join(', ') || advice.kept.map(({ name, reason }) => `${name}: ${reason}`).join('; '),
      }),
      row({
        name: 'Drop advice: slowest query without them, by cost',
        value: Number(worst.toFixed(3)),
        unit: 'x',
        goal: { op: '<=', value: 1.1 },
        samples: QUERIES.length,
      }),
    ];
  } finally {
    await database.stop();
  }
}

/** Ninety days on the primary; one standby that was asked as well. */
function usage(): IndexUsage {
  const atMs = Date.UTC(2026, 6, 1);
  return {
    sinceMs: atMs - 90 * DAY_MS,
    atMs,
    scans: new Map(PLANTED.map(({ name, scans }) => [`public.${name}`, scans])),
    standbys: new Map(PLANTED.map(({ name, standby = 0 }) => [`public.${name}`, standby])),
  };
}
