import type { TableWrites } from '../../../src/tools/query-optimizer/workload.ts';
import type { BenchQuery } from './workload.ts';

/** Few tenants have most rows: a power of a uniform number is close to Zipf and cheap to make. */
const TENANT = 'power((hashint4(n) & 1048575) / 1048576.0, 3) * 400';

function table(name: string, columns: string, values: string, rows: number): string {
  return `CREATE TABLE ${name} (id int PRIMARY KEY, ${columns});
    INSERT INTO ${name} SELECT n, ${values} FROM generate_series(1, ${rows}) n`;
}

/** Twelve tables as a service for teams has them, with the indexes that somebody thought of on the first day. */
export const SAAS_SCHEMA: readonly string[] = [
  table('tenants', 'name text NOT NULL, plan text NOT NULL', `'tenant ' || n, 'pro'`, 400),
  table(
    'users',
    'tenant_id int NOT NULL, email text NOT NULL, name text NOT NULL, created_at timestamptz NOT NULL',
    `1 + (${TENANT})::int, CASE WHEN n % 2 = 0 THEN 'User' ELSE 'user' END || n || '@example.com', md5(n::text), timestamptz '2024-01-01' + n * interval '9 minutes'`,
    60_000,
  ),
  table(
    'projects',
    'tenant_id int NOT NULL, name text NOT NULL',
    `1 + (${TENANT})::int, md5(n::text)`,
    5_000,
  ),
  table(
    'tasks',
    'project_id int NOT NULL, state text NOT NULL, title text NOT NULL, due_on date',
    `1 + n % 5000, (ARRAY['todo','doing','done'])[1 + n % 3], md5(n::text), date '2026-01-01' + n % 300`,
    90_000,
  ),
  table(
    'comments',
    'task_id int NOT NULL, body text NOT NULL',
    `1 + n % 90000, repeat(md5(n::text), 4)`,
    60_000,
  ),
  table(
    'messages',
    'tenant_id int NOT NULL, subject text NOT NULL, created_at timestamptz NOT NULL, deleted_at timestamptz',
    // Retention: what is older than some weeks is deleted softly.
    `1 + (${TENANT})::int, md5(n::text), timestamptz '2025-01-01' + n * interval '3 minutes',
     CASE WHEN n < 130000 THEN timestamptz '2026-01-01' END`,
    150_000,
  ),
  table(
    'invoices',
    'customer_id int NOT NULL, amount int NOT NULL, issued_on date NOT NULL, lines text NOT NULL',
    `1 + (hashint4(n) & 2047), n % 10000, date '2024-01-01' + n % 700, repeat(md5(n::text), 6)`,
    120_000,
  ),
  table(
    'documents',
    'tenant_id int NOT NULL, title text NOT NULL, attributes jsonb NOT NULL',
    `1 + (${TENANT})::int, md5(n::text) || ' ' || md5((n * 3)::text),
     jsonb_build_object('kind', n % 7, 'author', 'author' || (n % 3000), 'tags', jsonb_build_array('t' || n % 50))`,
    60_000,
  ),
  table(
    'sessions',
    'user_id int NOT NULL, last_seen_at timestamptz NOT NULL, token text NOT NULL',
    `1 + n % 60000, timestamptz '2026-06-01' + (hashint4(n) & 65535) * interval '1 minute', md5(n::text)`,
    60_000,
  ),
  table(
    'jobs',
    'queue text NOT NULL, run_at timestamptz NOT NULL, payload text',
    `'mail', timestamptz '2026-06-01' + n * interval '1 s', md5(n::text)`,
    40_000,
  ),
  table(
    'events',
    'tenant_id int NOT NULL, name text NOT NULL, at timestamptz NOT NULL',
    `1 + (${TENANT})::int, 'e' || n % 40, timestamptz '2026-01-01' + n * interval '1 minute'`,
    100_000,
  ),
  table(
    'webhooks',
    'tenant_id int NOT NULL, url text NOT NULL',
    `1 + n % 400, 'https://example.com/' || n`,
    800,
  ),
  'CREATE INDEX ON projects (tenant_id); CREATE INDEX ON tasks (project_id); CREATE INDEX ON comments (task_id); ' +
    'CREATE INDEX ON jobs (queue, run_at); CREATE INDEX ON events (tenant_id, at); CREATE INDEX ON users (tenant_id); ' +
    'CREATE INDEX ON sessions (user_id); CREATE INDEX ON documents (tenant_id); CREATE UNIQUE INDEX ON sessions (token)',
];

const FEED: BenchQuery = {
  sql: 'SELECT id, subject FROM messages WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY created_at DESC LIMIT $2',
  values: [3, 20],
  calls: 600,
};
const LOGIN: BenchQuery = {
  sql: 'SELECT id, name FROM users WHERE lower(email) = $1',
  values: ['user4711@example.com'],
  calls: 500,
};
const BALANCE: BenchQuery = {
  sql: 'SELECT sum(amount) FROM invoices WHERE customer_id = $1',
  values: [77],
  calls: 400,
};
const BY_AUTHOR: BenchQuery = {
  sql: 'SELECT id, title FROM documents WHERE attributes @> $1',
  values: ['{"author": "author77"}'],
  calls: 300,
};
const SEARCH: BenchQuery = {
  sql: 'SELECT id FROM documents WHERE title ILIKE $1',
  values: ['%a1b2c%'],
  calls: 200,
};

/** What an experienced person would add. */
export const WANTED: readonly { name: string; pattern: RegExp; query: BenchQuery }[] = [
  {
    name: 'partial with order',
    pattern: /messages USING btree \(tenant_id, created_at DESC\).* WHERE \(deleted_at IS NULL\)/,
    query: FEED,
  },
  { name: 'lower(email)', pattern: /users USING btree \(\(lower\(email\)\)/, query: LOGIN },
  { name: 'INCLUDE', pattern: /invoices USING btree \(customer_id\) INCLUDE \(amount\)/, query: BALANCE },
  { name: 'GIN on jsonb', pattern: /documents USING gin \(attributes jsonb_path_ops\)/, query: BY_AUTHOR },
  { name: 'trigrams', pattern: /documents USING gin \(title gin_trgm_ops\)/, query: SEARCH },
];

const TABLES = [
  'tenants',
  'users',
  'projects',
  'tasks',
  'comments',
  'messages',
  'invoices',
  'documents',
  'sessions',
  'jobs',
  'events',
  'webhooks',
];

/** Forty queries over an hour. */
export const SAAS_QUERIES: readonly BenchQuery[] = [
  FEED,
  LOGIN,
  BALANCE,
  BY_AUTHOR,
  SEARCH,
  { sql: 'SELECT count(*) FROM tasks WHERE state = $1', values: ['todo'], calls: 100 },
  { sql: 'SELECT count(*) FROM sessions WHERE last_seen_at > $1', values: ['2026-07-14'], calls: 60 },
  { sql: 'UPDATE sessions SET last_seen_at = now() WHERE id = $1', values: [99], calls: 3_600_000 },
  {
    sql: 'INSERT INTO events (id, tenant_id, name, at) VALUES ($1, $2, $3, now())',
    values: [900_000, 3, 'e1'],
    calls: 2_000,
  },
  { sql: 'UPDATE messages SET deleted_at = now() WHERE id = $1', values: [149_000], calls: 200 },
  { sql: 'UPDATE tasks SET state = $1 WHERE id = $2', values: ['done', 77], calls: 300 },
  { sql: 'DELETE FROM jobs WHERE id = $1', values: [17], calls: 500 },
  ...TABLES.map((name) => ({ sql: `SELECT * FROM ${name} WHERE id = $1`, values: [17], calls: 2_000 })),
  { sql: 'SELECT * FROM projects WHERE tenant_id = $1', values: [3], calls: 500 },
  { sql: 'SELECT * FROM tasks WHERE project_id = $1', values: [17], calls: 900 },
  { sql: 'SELECT * FROM comments WHERE task_id = $1', values: [17], calls: 900 },
  { sql: 'SELECT * FROM jobs WHERE queue = $1 ORDER BY run_at LIMIT 10', values: ['mail'], calls: 900 },
  { sql: 'SELECT * FROM events WHERE tenant_id = $1 ORDER BY at DESC LIMIT 50', values: [3], calls: 400 },
  { sql: 'SELECT * FROM sessions WHERE token = $1', values: ['x'], calls: 5_000 },
  { sql: 'SELECT * FROM sessions WHERE user_id = $1', values: [17], calls: 300 },
  { sql: 'SELECT url FROM webhooks WHERE tenant_id = $1', values: [3], calls: 800 },
  { sql: 'SELECT count(*) FROM users WHERE tenant_id = $1', values: [300], calls: 100 },
  {
    sql: 'SELECT t.id, p.name FROM tasks t JOIN projects p ON p.id = t.project_id WHERE p.tenant_id = $1 LIMIT 20',
    values: [3],
    calls: 200,
  },
  {
    sql: 'SELECT c.body FROM comments c JOIN tasks t ON t.id = c.task_id WHERE t.project_id = $1',
    values: [17],
    calls: 200,
  },
  {
    sql: 'SELECT u.name FROM users u JOIN sessions s ON s.user_id = u.id WHERE s.token = $1',
    values: ['x'],
    calls: 1_000,
  },
  { sql: 'SELECT name FROM tenants ORDER BY name LIMIT 20', calls: 20 },
  { sql: 'SELECT plan, count(*) FROM tenants GROUP BY plan', calls: 20 },
  {
    sql: 'SELECT id, title FROM documents WHERE tenant_id = $1 ORDER BY id DESC LIMIT 20',
    values: [3],
    calls: 300,
  },
  { sql: 'SELECT id FROM events WHERE tenant_id = $1 AND at > $2', values: [300, '2026-03-01'], calls: 200 },
];

/** What the counters of the tables say of that hour: sessions are touched a thousand times a second. */
export const SAAS_WRITES: ReadonlyMap<string, TableWrites> = new Map([
  ['public.sessions', { inserted: 2_000, updated: 3_600_000, hotUpdated: 3_550_000, deleted: 2_000 }],
  ['public.events', { inserted: 2_000, updated: 0, hotUpdated: 0, deleted: 0 }],
  ['public.messages', { inserted: 300, updated: 200, hotUpdated: 150, deleted: 0 }],
  ['public.tasks', { inserted: 100, updated: 300, hotUpdated: 250, deleted: 0 }],
]);
