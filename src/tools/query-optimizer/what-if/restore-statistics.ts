import type { SandboxSession } from '../../../platform/postgres/sandbox-types.ts';
import type { RelationSize, StatisticsRow } from './read-statistics.ts';
import { slotsOf } from './statistics-slots.ts';

/** Written together; when values of one cannot be read, each of them is tried alone. */
const BATCH = 200;

/**
 * Writes statistics of columns into pg_statistic, the same way for every major: pg_restore_attribute_stats is there only
 * since 18 and asks the same. Returns as limits what could not be written.
 *
 * @param root a superuser's session; values are read as built-in types, enums and types of extensions only, so that no
 *   function of the user's runs in it
 */
export async function restoreColumns(
  root: SandboxSession,
  rows: readonly StatisticsRow[],
): Promise<string[]> {
  const failed: string[] = [];
  for (let start = 0; start < rows.length; start += BATCH) {
    const batch = rows.slice(start, start + BATCH);
    try {
      await writeColumns(root, batch);
    } catch {
      for (const row of batch) {
        await writeColumns(root, [row]).catch(() => failed.push(`${row.relation}.${row.column}`));
      }
    }
  }
  if (failed.length === 0) return [];
  return [
    `Statistics of ${failed.length} columns could not be copied: ${failed.slice(0, 5).join(', ')}${failed.length > 5 ? ', …' : ''}.`,
  ];
}

async function writeColumns(root: SandboxSession, rows: readonly StatisticsRow[]): Promise<void> {
  const payload = rows.map((row) => ({
    schema: row.schema,
    relation: row.relation,
    name: row.column,
    inherited: row.inherited,
    null_share: row.null_share,
    width: row.width,
    distinct: row.distinct,
    slots: slotsOf(row),
  }));
  await root.query(INSERT_SQL, [JSON.stringify(payload)]);
}

/** One column of pg_statistic for each of its five slots. */
function slots(value: (slot: string) => string): string {
  return [1, 2, 3, 4, 5].map((number) => value(`s${number}`)).join(', ');
}

const SLOT_JOINS = [1, 2, 3, 4, 5]
  .map(
    (number) => `LEFT JOIN LATERAL (
      SELECT kind, CASE operator WHEN 'equal' THEN CASE WHEN kind IN (4, 5) THEN element.equal ELSE own.equal END
                         WHEN 'less' THEN own.less WHEN 'float-less' THEN 672 ELSE 0 END AS operator,
             CASE WHEN of = 'element' AND c.base_type = 'tsvector'::regtype THEN 100
                  WHEN of = 'float' OR kind = 7 THEN 0 ELSE c.collation END AS collation,
             numbers::real[] AS numbers,
             CASE WHEN values IS NULL THEN NULL
                  ELSE array_in(textout(values), CASE of WHEN 'element' THEN c.element_type WHEN 'float' THEN 701
                                                         ELSE c.base_type END, -1) END AS values
      FROM jsonb_to_record(c.slots -> ${number - 1}) AS slot(kind smallint, operator text, of text, numbers text, values text)
      WHERE c.slots -> ${number - 1} IS NOT NULL) AS s${number} ON true`,
  )
  .join('\n');

/**
 * Equality and order of a type: of its default B-tree class, or for equality alone of its hash class. varchar and the
 * polymorphic families use the operators of what they can be taken for.
 */
function operatorsOf(type: string): string {
  return `LATERAL (
    SELECT coalesce(max(CASE WHEN am.amname = 'btree' AND o.amopstrategy = 3 THEN o.amopopr::oid::int8 END),
                    max(CASE WHEN am.amname = 'hash' AND o.amopstrategy = 1 THEN o.amopopr::oid::int8 END), 0)::oid AS equal,
           coalesce(max(CASE WHEN am.amname = 'btree' AND o.amopstrategy = 1 THEN o.amopopr::oid::int8 END), 0)::oid AS less
    FROM (SELECT CASE WHEN t.oid = 'varchar'::regtype THEN 'text'::regtype::oid WHEN t.typtype = 'e' THEN 'anyenum'::regtype::oid
                      WHEN t.typtype = 'r' THEN 'anyrange'::regtype::oid WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN 'anyarray'::regtype::oid
                      ELSE t.oid END AS input
          FROM pg_type AS t WHERE t.oid = ${type}) AS k
    JOIN pg_opclass AS oc ON oc.opcintype = k.input AND oc.opcdefault
    JOIN pg_am AS am ON am.oid = oc.opcmethod AND am.amname IN ('btree', 'hash')
    JOIN pg_amop AS o ON o.amopfamily = oc.opcfamily AND o.amoplefttype = k.input AND o.amoprighttype = k.input)`;
}

const INSERT_SQL = `
  WITH RECURSIVE wanted AS (
    SELECT a.attrelid, a.attnum, a.atttypid, a.attcollation AS collation, r.*
    FROM jsonb_to_recordset($1::jsonb) AS r(schema text, relation text, name text, inherited boolean, null_share real,
                                            width int, "distinct" real, slots jsonb)
    JOIN pg_namespace AS n ON n.nspname = r.schema
    JOIN pg_class AS k ON k.relnamespace = n.oid AND k.relname = r.relation
    JOIN pg_attribute AS a ON a.attrelid = k.oid AND a.attname = r.name AND a.attnum > 0 AND NOT a.attisdropped
  ), domains AS (
    SELECT DISTINCT atttypid AS declared, atttypid AS base FROM wanted
    UNION SELECT d.declared, t.typbasetype FROM domains AS d JOIN pg_type AS t ON t.oid = d.base WHERE t.typtype = 'd'
  ), typed AS (
    SELECT w.*, t.oid AS base_type, CASE WHEN t.oid = 'tsvector'::regtype THEN 'text'::regtype::oid ELSE t.typelem END AS element_type
    FROM wanted AS w JOIN domains AS d ON d.declared = w.atttypid JOIN pg_type AS t ON t.oid = d.base
    LEFT JOIN pg_type AS e ON e.oid = t.typelem AND t.typcategory = 'A'
    WHERE t.typtype IN ('b', 'e', 'r', 'm') AND coalesce(e.typtype, 'b') IN ('b', 'e')
          AND (t.typtype NOT IN ('r', 'm') OR t.typnamespace = 'pg_catalog'::regnamespace)
  )
  INSERT INTO pg_statistic
  SELECT c.attrelid, c.attnum, c.inherited, c.null_share, c.width, c."distinct",
         ${slots((slot) => `coalesce(${slot}.kind, 0)`)}, ${slots((slot) => `coalesce(${slot}.operator, 0)`)},
         ${slots((slot) => `coalesce(${slot}.collation, 0)`)}, ${slots((slot) => `${slot}.numbers`)},
         ${slots((slot) => `${slot}.values`)}
  FROM typed AS c CROSS JOIN ${operatorsOf('c.base_type')} AS own CROSS JOIN ${operatorsOf('c.element_type')} AS element
  ${SLOT_JOINS}`;

/** Sizes as planner and disk have them; the files are a different matter. */
export async function restoreSizes(root: SandboxSession, sizes: readonly RelationSize[]): Promise<void> {
  await root.query(
    `UPDATE pg_class AS c SET relpages = s.relpages, reltuples = s.reltuples, relallvisible = s.relallvisible
     FROM jsonb_to_recordset($1::jsonb) AS s(schema text, name text, relpages int, reltuples real, relallvisible int)
     JOIN pg_namespace AS n ON n.nspname = s.schema
     WHERE c.relnamespace = n.oid AND c.relname = s.name`,
    [JSON.stringify(sizes)],
  );
}
