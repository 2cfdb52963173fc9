import type { Sandbox, SandboxSession } from '../../../platform/postgres/sandbox-types.ts';
import { parsePlan } from '../../_shared/database/plan-postgres.ts';
import { type GhostFile, filesSql, ghostFiles } from './ghost-files.ts';

/** Six leaves and a root: one level above the leaves. */
const ROWS = 2_000;

interface Numbers extends Record<string, unknown> {
  oid: string;
  relpages: number;
  reltuples: number;
}

/**
 * Whether this server plans a skeleton of ours exactly as the real index that it stands for, and can look through it. If
 * not, its page layout is another one, and no skeleton is to be written.
 *
 * @param owner of the database; what is made here is dropped again
 */
export async function heightIsSeen(
  sandbox: Sandbox,
  owner: SandboxSession,
  root: SandboxSession,
): Promise<boolean> {
  try {
    await owner.execute(`
      CREATE SCHEMA rearguard_height;
      CREATE TABLE rearguard_height.real (key int NOT NULL);
      INSERT INTO rearguard_height.real SELECT generate_series(1, ${ROWS});
      CREATE INDEX real_key ON rearguard_height.real (key);
      CREATE TABLE rearguard_height.made (key int NOT NULL);
      CREATE INDEX made_key ON rearguard_height.made (key);
      SET enable_seqscan = off; SET enable_bitmapscan = off`);
    for (const kind of ['', '_key']) await imitate(sandbox, root, `real${kind}`, `made${kind}`);
    const [real, made] = [await costOf(owner, 'real'), await costOf(owner, 'made')];
    const found = await owner.query('SELECT key FROM rearguard_height.made WHERE key = 5');
    return real !== null && real === made && found.length === 0;
  } catch {
    return false;
  } finally {
    await owner.execute('DROP SCHEMA IF EXISTS rearguard_height CASCADE; RESET ALL').catch(() => undefined);
  }
}

async function imitate(sandbox: Sandbox, root: SandboxSession, real: string, made: string): Promise<void> {
  const { relpages, reltuples } = await numbersOf(root, real);
  await root.query('UPDATE pg_class SET relpages = $2::int, reltuples = $3::real WHERE oid = $1::oid', [
    (await numbersOf(root, made)).oid,
    relpages,
    reltuples,
  ]);
  const files = await root.query<GhostFile>(filesSql(`c.oid = ('rearguard_height.' || $1)::regclass`), [
    made,
  ]);
  await ghostFiles(sandbox, root, true).size(files.map((file) => ({ file, pages: relpages })));
}

async function numbersOf(root: SandboxSession, name: string): Promise<Numbers> {
  const [row] = await root.query<Numbers>(
    `SELECT oid::text AS oid, relpages, reltuples
     FROM pg_class WHERE oid = ('rearguard_height.' || $1)::regclass`,
    [name],
  );
  if (row === undefined) throw new Error(`${name} is not there`);
  return row;
}

async function costOf(owner: SandboxSession, table: string): Promise<number | null> {
  const [row] = await owner.query<{ 'QUERY PLAN': unknown }>(
    `EXPLAIN (FORMAT JSON) SELECT key FROM rearguard_height.${table} WHERE key = 5`,
  );
  return parsePlan(row?.['QUERY PLAN'])?.totalCost ?? null;
}
