import type { Client } from 'pg';

/**
 * Loads into empty tables without their foreign keys and secondary indexes, and makes those afterwards: checked and
 * built once over the whole set instead of row by row. Needs nothing but ownership, and the caller's transaction.
 */
export async function bulkLoad(
  client: Client,
  tables: readonly string[],
  load: () => Promise<void>,
): Promise<void> {
  const { rows } = await client.query<{ remove: string; restore: string }>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as remove,
            format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as restore
     from pg_constraint
     where contype = 'f' and conrelid = any ($1::regclass[])
     union all
     select format('drop index %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
     from pg_index
     where not indisunique and indrelid = any ($1::regclass[])`,
    [tables],
  );
  for (const { remove } of rows) await client.query(remove);
  await load();
  for (const { restore } of rows) await client.query(restore);
}
