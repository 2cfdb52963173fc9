import { type Columns, majorOf, selectList, sqlFor, USER_SCHEMAS } from './sql.ts';
import { PER_OBJECT_MS, type TopicReader } from './topic.ts';

/** A constraint that is not known to hold for all rows: added NOT VALID and never validated. */
export interface InvalidConstraint {
  schema: string;
  table: string;
  name: string;
  kind: 'check' | 'foreign-key' | 'not-null';
  /** `CHECK ((price > 0)) NOT VALID`. */
  definition: string;
}

const COLUMNS: Columns<InvalidConstraint> = {
  schema: 'n.nspname',
  table: 'c.relname',
  name: 'k.conname',
  kind: `CASE k.contype WHEN 'f' THEN 'foreign-key' WHEN 'n' THEN 'not-null' ELSE 'check' END`,
  definition: 'pg_get_constraintdef(k.oid)',
};

/** Those that are not to be enforced are not valid either, and are meant so. */
const ENFORCED = { 13: 'true', 18: 'k.conenforced' };

export const constraintsReader: TopicReader<readonly InvalidConstraint[]> = {
  view: 'pg_constraint',
  budgetMs: PER_OBJECT_MS,
  read: (query, server) =>
    query(`SELECT ${selectList(COLUMNS, majorOf(server))}
      FROM pg_catalog.pg_constraint k
      JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE NOT k.convalidated AND k.conparentid = 0 AND k.contype IN ('c', 'f', 'n')
        AND ${sqlFor(ENFORCED, majorOf(server))} AND ${USER_SCHEMAS('n')}`),
};
