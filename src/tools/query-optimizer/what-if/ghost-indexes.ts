import { RearguardError } from '../../../core/errors.ts';
import type { Sandbox, SandboxSession } from '../../../platform/postgres/sandbox-types.ts';
import type { Catalog, CatalogTable, IndexDefinition } from '../../_shared/database/catalog.ts';
import { createIndexSql, quoteIdentifier } from '../../_shared/database/index-statement.ts';
import { explain, refusing } from './explain.ts';
import { type GhostFile, type GhostFiles, filesSql } from './ghost-files.ts';
import { expressionStatistics, findTable, hypotheticalName, sizeInput } from './hypothetical.ts';
import { indexPages } from './index-size.ts';
import { addExtension } from './needed-extension.ts';
import type { RelationSize } from './read-statistics.ts';
import type { Configuration } from './types.ts';
import { nameParts, oidsOf, setValid, TREE_SQL, visibilityOf } from './visibility.ts';

/** Indexes of a ghost: those of the source can be hidden, others are made once and shown when they are asked for. */
export interface GhostIndexes {
  /** Makes the planner see exactly this configuration; says whether that changed anything. */
  show(configuration: Configuration): Promise<boolean>;
  /** Pages of an index that does not exist, over all its partitions. */
  pagesOf(index: IndexDefinition): Promise<number>;
}

interface GhostSessions {
  sandbox: Sandbox;
  /** Owns the schema: runs what may call functions of the user's. */
  owner: SandboxSession;
  /** Edits the system's catalogue. */
  root: SandboxSession;
  /** Plans; sees the catalogue as it is made. */
  planner: SandboxSession;
  files: GhostFiles;
}

interface Made {
  /** Of the index, and of its parts on partitions. */
  oids: readonly string[];
  pages: number;
}

export function ghostIndexes(
  { sandbox, owner, root, planner, files }: GhostSessions,
  catalog: Catalog,
  sizes: readonly RelationSize[],
): GhostIndexes {
  const made = new Map<string, Made>();
  const refused = new Map<string, unknown>();
  const existing = new Map<string, readonly string[]>();
  const visibility = visibilityOf(root);

  async function ensure(index: IndexDefinition): Promise<Made> {
    const name = hypotheticalName(index);
    const known = made.get(name);
    if (known !== undefined) return known;
    if (refused.has(name)) throw refused.get(name);
    try {
      const one = await make(index, name);
      made.set(name, one);
      return one;
    } catch (error) {
      refused.set(name, error);
      throw error;
    }
  }

  async function make(index: IndexDefinition, name: string): Promise<Made> {
    const table = findTable(catalog, index);
    if (table === undefined) {
      const reason = `there is no table ${index.schema}.${index.table}`;
      throw new RearguardError('E_SQL_REFUSED', { reason });
    }
    const heaps = await filesUnder(index.schema, index.table);
    // The server reads a table whole to index it: it must look empty.
    for (const { path } of heaps) if (path !== null) await sandbox.files.resize(path, 0);
    try {
      await addExtension(index, root);
      await refusing(() => owner.execute(createIndexSql(index, { name })));
    } finally {
      await restoreHeaps(heaps);
    }
    const parts = await filesUnder(index.schema, name);
    await setValid(
      root,
      [],
      parts.map(({ oid }) => oid),
    );
    let pages = 0;
    for (const part of parts) pages += await giveSize(index, part, table);
    return { oids: parts.map(({ oid }) => oid), pages };
  }

  async function restoreHeaps(heaps: readonly GhostPart[]): Promise<void> {
    const bySize = new Map(sizes.map((size) => [`${size.schema}.${size.name}`, size]));
    const these = heaps
      .map((heap) => bySize.get(`${heap.schema}.${heap.name}`))
      .filter((size) => size !== undefined);
    for (const heap of heaps) {
      const pages = bySize.get(`${heap.schema}.${heap.name}`)?.pages ?? 0;
      if (heap.path !== null && heap.method === null) await sandbox.files.resize(heap.path, pages);
    }
    // CREATE INDEX has counted an empty table.
    await root.query(
      `UPDATE pg_class AS c SET relpages = s.relpages, reltuples = s.reltuples, relallvisible = s.relallvisible
       FROM jsonb_to_recordset($1::jsonb) AS s(schema text, name text, relpages int, reltuples real, relallvisible int)
       JOIN pg_namespace AS n ON n.nspname = s.schema WHERE c.relnamespace = n.oid AND c.relname = s.name`,
      [JSON.stringify(these)],
    );
  }

  /** Pages and entries of one index, or of its part on one partition; by what its own table holds. */
  async function giveSize(index: IndexDefinition, part: GhostPart, parent: CatalogTable): Promise<number> {
    if (part.path === null) return 0;
    const table = findTable(catalog, { schema: part.table_schema, table: part.table_name }) ?? parent;
    const rows = await rowsOf(index, table);
    const types = part.key_types.slice(0, index.keys.length);
    const pages = indexPages(sizeInput(index, table, rows, types));
    await root.query('UPDATE pg_class SET relpages = $2::int, reltuples = $3::real WHERE oid = $1::oid', [
      part.oid,
      pages,
      rows,
    ]);
    await giveStatistics(index, part, table);
    await files.size([{ file: part, pages }]);
    return pages;
  }

  async function rowsOf({ predicate }: IndexDefinition, table: CatalogTable): Promise<number> {
    const rows = Math.max(0, table.rows ?? 0);
    if (predicate === null) return rows;
    const name = `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}`;
    const { root: top } = await explain(planner, `SELECT FROM ${name} WHERE ${predicate}`);
    return Math.min(rows, top.estimatedRows ?? rows);
  }

  async function giveStatistics(index: IndexDefinition, part: GhostPart, table: CatalogTable): Promise<void> {
    for (const [position, { expression }] of index.keys.entries()) {
      const statistics = expression === null ? null : expressionStatistics(expression, table);
      if (statistics === null) continue;
      await root.query(EXPRESSION_SQL, [
        part.oid,
        position + 1,
        statistics.nullShare,
        Math.round(statistics.averageWidth),
        statistics.distinct,
      ]);
    }
  }

  const filesUnder = (schema: string, name: string): Promise<GhostPart[]> =>
    root.query<GhostPart>(PARTS_SQL, [schema, name]);

  async function existingOids(name: string): Promise<readonly string[]> {
    const known = existing.get(name) ?? (await oidsOf(root, ...nameParts(name)));
    existing.set(name, known);
    return known;
  }

  return {
    async show({ add, hide: names }) {
      const wanted = new Set<string>();
      for (const index of add) for (const oid of (await ensure(index)).oids) wanted.add(oid);
      const unwanted = new Set<string>();
      for (const name of names) for (const oid of await existingOids(name)) unwanted.add(oid);
      return visibility.set(wanted, unwanted);
    },
    pagesOf: async (index) => (await ensure(index)).pages,
  };
}

interface GhostPart extends GhostFile {
  /** Of an index: its table, and the types of its columns. */
  table_schema: string;
  table_name: string;
  key_types: string[];
}

/** A table or an index, and its partitions. $1 schema, $2 name. */
const PARTS_SQL = `
  ${TREE_SQL}
  SELECT f.*, coalesce(tn.nspname, f.schema) AS table_schema, coalesce(t.relname, f.name) AS table_name,
         ARRAY(SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute AS a
               WHERE a.attrelid = f.oid::oid AND a.attnum > 0 ORDER BY a.attnum) AS key_types
  FROM (${filesSql('c.oid IN (SELECT oid FROM tree)')}) AS f
  LEFT JOIN pg_index AS i ON i.indexrelid = f.oid::oid
  LEFT JOIN pg_class AS t ON t.oid = i.indrelid LEFT JOIN pg_namespace AS tn ON tn.oid = t.relnamespace`;

/** $1 index, $2 position of the key, $3 share of nulls, $4 width, $5 distinct; no slots. */
const EXPRESSION_SQL = `
  INSERT INTO pg_statistic
  SELECT $1::oid, $2::int2, false, $3::real, $4::int, $5::real, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
         NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL`;
