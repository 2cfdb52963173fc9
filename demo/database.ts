import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { RearguardError, reasonOf } from '../src/core/errors.ts';
import { MONITOR_EMAIL, seed } from './seed.ts';
import { openSession } from './shop/sessions.ts';

/** Serialises demos that start on the same database; an arbitrary number. */
const MIGRATION_LOCK = 7_281_042;

const MIGRATIONS = new URL(
  import.meta.url.endsWith('.ts') ? './migrations/' : '../../demo/migrations/',
  import.meta.url,
);

/**
 * Brings the schema up to date and fills an empty shop; refuses a database in which something else lives. Returns a
 * session token of the monitor's account.
 */
export async function prepareDatabase(url: string, scale: number): Promise<{ monitorToken: string }> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await refuseForeignDatabase(client);
    await migrate(client);
    const { rows } = await client.query<{ empty: boolean }>('select not exists (select from users) as empty');
    if (rows[0]?.empty) await seed(client, scale);
    const monitor = await client.query<{ id: number }>('select id from users where email = $1', [
      MONITOR_EMAIL,
    ]);
    return { monitorToken: (await openSession(client, monitor.rows[0]?.id ?? 0)).token };
  } catch (error) {
    if (error instanceof RearguardError) throw error;
    throw new RearguardError('E_DEMO_POSTGRES', { reason: reasonOf(error) });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function refuseForeignDatabase(client: Client): Promise<void> {
  const { rows } = await client.query<{ ours: boolean; tables: number }>(`
    select to_regclass('public.schema_migrations') is not null and to_regclass('public.order_items') is not null as ours,
           (select count(*)::int from pg_tables where schemaname = 'public') as tables`);
  const [found] = rows;
  if (found && !found.ours && found.tables > 0) {
    throw new RearguardError('E_USAGE', {
      message: `The demo database already holds ${found.tables} tables of something else.`,
      hint: 'Point DEMO_DATABASE_URL at an empty database made for the demo.',
    });
  }
}

/** Applies each file of `migrations/` once, in order, in a transaction of its own. */
export async function migrate(client: Client): Promise<void> {
  await client.query(`create table if not exists schema_migrations (
    name text primary key,
    applied_at timestamptz not null default now()
  )`);
  const { rows } = await client.query<{ name: string }>('select name from schema_migrations');
  const applied = new Set(rows.map((row) => row.name));
  const files = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).sort();
  for (const name of files.filter((file) => !applied.has(file))) {
    const sql = await readFile(fileURLToPath(new URL(name, MIGRATIONS)), 'utf8');
    await client.query('begin');
    try {
      await client.query(sql);
      await client.query('insert into schema_migrations (name) values ($1)', [name]);
      await client.query('commit');
    } catch (error) {
      await client.query('rollback');
      throw new Error(`migration ${name}: ${reasonOf(error)}`, { cause: error });
    }
  }
}
