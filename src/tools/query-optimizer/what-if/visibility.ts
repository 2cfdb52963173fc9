import type { SandboxSession } from '../../../platform/postgres/sandbox-types.ts';

/** Which indexes the planner of a sandbox sees. Hypothetical ones start hidden, others shown. */
export interface Visibility {
  /**
   * Shows exactly these hypothetical ones, and hides exactly these others; says whether that changed anything.
   * Both are oids.
   */
  set(shown: ReadonlySet<string>, hidden: ReadonlySet<string>): Promise<boolean>;
}

export function visibilityOf(root: SandboxSession): Visibility {
  let shown: ReadonlySet<string> = new Set();
  let hidden: ReadonlySet<string> = new Set();
  return {
    async set(toBeShown, toBeHidden) {
      const show = [...difference(toBeShown, shown), ...difference(hidden, toBeHidden)];
      const hide = [...difference(shown, toBeShown), ...difference(toBeHidden, hidden)];
      [shown, hidden] = [toBeShown, toBeHidden];
      if (show.length + hide.length === 0) return false;
      await setValid(root, show, hide);
      return true;
    },
  };
}

/** The planner passes over an index that is not valid. */
export async function setValid(
  root: SandboxSession,
  valid: readonly string[],
  invalid: readonly string[],
): Promise<void> {
  await root.query(
    'UPDATE pg_index SET indisvalid = (indexrelid = ANY($1::oid[])) WHERE indexrelid = ANY($1::oid[] || $2::oid[])',
    [valid, invalid],
  );
}

function difference(of: ReadonlySet<string>, without: ReadonlySet<string>): string[] {
  return [...of].filter((one) => !without.has(one));
}

/** A relation and all partitions under it. $1 schema, $2 name. */
export const TREE_SQL = `
  WITH RECURSIVE tree AS (
    SELECT c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2
    UNION ALL SELECT h.inhrelid FROM tree JOIN pg_inherits AS h ON h.inhparent = tree.oid
  )`;

/** Oids of an index and of its parts on partitions. */
export async function oidsOf(root: SandboxSession, schema: string, name: string): Promise<string[]> {
  const rows = await root.query<{ oid: string }>(`${TREE_SQL} SELECT oid::text AS oid FROM tree`, [
    schema,
    name,
  ]);
  return rows.map(({ oid }) => oid);
}

/** `schema.index` taken apart at its first dot. */
export function nameParts(name: string): [schema: string, name: string] {
  const dot = name.indexOf('.');
  return [name.slice(0, dot), name.slice(dot + 1)];
}
