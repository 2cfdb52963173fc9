import type { Sandbox, SandboxSession } from '../../../platform/postgres/sandbox-types.ts';
import { btreeHeight, btreeSkeleton, isEmptyMetaPage } from './btree-skeleton.ts';

/** A relation of the ghost and the file that stands for it. */
export interface GhostFile extends Record<string, unknown> {
  oid: string;
  schema: string;
  name: string;
  /** null: it has none (partitioned). */
  path: string | null;
  /** Access method of an index; null: a table. */
  method: string | null;
  /** Of an index: average bytes of its key, as far as statistics tell. */
  key_bytes: number;
}

/** @param condition about `c`, the row of pg_class */
export function filesSql(condition: string): string {
  return `
  SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, pg_relation_filepath(c.oid) AS path,
         CASE WHEN c.relkind = 'i' THEN am.amname END AS method,
         coalesce((SELECT sum(coalesce(s.stawidth, nullif(a.attlen, -1), 16)) FROM pg_index AS i
                   CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, position)
                   JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.position
                   LEFT JOIN pg_statistic AS s ON s.starelid = i.indrelid AND s.staattnum = k.attnum AND NOT s.stainherit
                   WHERE i.indexrelid = c.oid AND k.position <= i.indnkeyatts), 8)::int AS key_bytes
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace LEFT JOIN pg_am AS am ON am.oid = c.relam
  WHERE ${condition}`;
}

export interface GhostFiles {
  /** Gives files the sizes that relations have in the source; only those of indexes are more than holes. */
  size(files: readonly { file: GhostFile; pages: number }[]): Promise<void>;
}

/** Far above the numbers that a young server gives to its own files. */
const FIRST_OWN_FILE = 3_000_000_000;

export function ghostFiles(sandbox: Sandbox, root: SandboxSession, showsHeight: boolean): GhostFiles {
  /** Returns the number of the new file that stands for the index from now on; null: the file is the same. */
  async function sizeOne(
    { oid, path, method, key_bytes }: GhostFile,
    pages: number,
  ): Promise<{ oid: string; file: number } | null> {
    if (path === null) return null;
    if (method === null) await sandbox.files.resize(path, pages);
    if (method === null || pages < 2) return null;
    const meta = method === 'btree' && showsHeight ? await sandbox.files.readPage(path, 0) : null;
    if (meta === null || !isEmptyMetaPage(meta)) {
      // Of GIN and BRIN the planner reads the meta page, which the server has written.
      await sandbox.files.resize(path, pages);
      return null;
    }
    const file = FIRST_OWN_FILE + Number(oid);
    const ownPath = `${path.slice(0, path.lastIndexOf('/'))}/${file}`;
    await sandbox.files.create(ownPath, btreeSkeleton(meta, btreeHeight(pages, key_bytes)));
    await sandbox.files.resize(ownPath, pages);
    return { oid, file };
  }

  return {
    async size(files) {
      const sized = await Promise.all(files.map(({ file, pages }) => sizeOne(file, pages)));
      const moved = sized.filter((one) => one !== null);
      if (moved.length === 0) return;
      await root.query(
        `UPDATE pg_class AS c SET relfilenode = m.file
         FROM jsonb_to_recordset($1::jsonb) AS m(oid oid, file oid) WHERE c.oid = m.oid`,
        [JSON.stringify(moved)],
      );
    },
  };
}
