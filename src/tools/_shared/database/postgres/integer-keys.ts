import { type IntegerKey, LAST_VALUE } from './sequences.ts';
import { type Columns, majorOf, number, selectList, USER_SCHEMAS } from './sql.ts';
import { PER_OBJECT_MS, type TopicReader } from './topic.ts';

const KEY: Columns<IntegerKey> = {
  schema: 'n.nspname',
  table: 'c.relname',
  column: 'a.attname',
  type: 'format_type(a.atttypid, NULL)',
  limit: `CASE a.atttypid WHEN 'int2'::regtype THEN 32767 ELSE 2147483647 END`,
  role: 'k.role',
  references: `CASE WHEN k.role = 'foreign-key' THEN json_build_object('schema', rn.nspname, 'table', r.relname,
    'column', ra.attname, 'type', format_type(ra.atttypid, NULL)) END`,
  sequence: `q.schema || '.' || q.name`,
  current: 'q.last',
};

/** Primary keys and foreign keys one by one, with the column whose sequence fills them. */
const KEYS = `
  keys AS (
    SELECT CASE k.contype WHEN 'p' THEN 'primary-key' ELSE 'foreign-key' END AS role,
      k.conrelid AS relid, u.own AS attnum, k.confrelid AS refrelid, u.other AS refattnum
    FROM pg_catalog.pg_constraint k, unnest(k.conkey, coalesce(k.confkey, k.conkey)) u(own, other)
    WHERE k.contype IN ('p', 'f') AND k.conparentid = 0),
  numbers AS (
    SELECT d.refobjid AS relid, d.refobjsubid AS attnum, n.nspname AS schema, c.relname AS name,
      ${number(LAST_VALUE)} AS last
    FROM pg_catalog.pg_sequence s
    JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid
      AND d.refclassid = 'pg_class'::regclass AND d.objsubid = 0 AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i'))`;

/** Primary keys of a limited type; foreign keys of such a type that refer to a larger one. */
export const integerKeysReader: TopicReader<readonly IntegerKey[]> = {
  view: 'pg_constraint, pg_sequence',
  budgetMs: PER_OBJECT_MS,
  read: (query, server) =>
    query(`WITH ${KEYS}
      SELECT ${selectList(KEY, majorOf(server))}
      FROM keys k
      JOIN pg_catalog.pg_class c ON c.oid = k.relid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_attribute a ON a.attrelid = k.relid AND a.attnum = k.attnum
      LEFT JOIN pg_catalog.pg_class r ON r.oid = k.refrelid
      LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
      LEFT JOIN pg_catalog.pg_attribute ra ON ra.attrelid = k.refrelid AND ra.attnum = k.refattnum
      LEFT JOIN numbers q ON (q.relid, q.attnum) =
        (CASE k.role WHEN 'foreign-key' THEN k.refrelid ELSE k.relid END,
         CASE k.role WHEN 'foreign-key' THEN k.refattnum ELSE k.attnum END)
      WHERE a.atttypid IN ('int2'::regtype, 'int4'::regtype) AND ${USER_SCHEMAS('n')}
        AND (k.role = 'primary-key' OR (ra.atttypid IN ('int4'::regtype, 'int8'::regtype)
          AND a.attlen < ra.attlen))
      ORDER BY n.nspname, c.relname, a.attnum`),
};
