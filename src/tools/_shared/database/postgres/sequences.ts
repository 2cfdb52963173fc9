import { type Columns, majorOf, number, selectList, USER_SCHEMAS } from './sql.ts';
import { PER_OBJECT_MS, type TopicReader } from './topic.ts';

export interface SequenceState {
  schema: string;
  name: string;
  type: 'smallint' | 'integer' | 'bigint';
  /** Where it stands; null: never used, or not readable (see `readable`). */
  lastValue: number | null;
  /** false: USAGE or SELECT on it is missing. */
  readable: boolean;
  start: number;
  minimum: number;
  maximum: number;
  increment: number;
  cycles: boolean;
  /** The column that it fills: owned by it (serial) or its identity; null: none. */
  ownedBy: { schema: string; table: string; column: string; type: string; identity: boolean } | null;
}

/** A column of a limited integer type that grows with a key. */
export interface IntegerKey {
  schema: string;
  table: string;
  column: string;
  type: 'smallint' | 'integer';
  /** Largest value that fits. */
  limit: number;
  role: 'primary-key' | 'foreign-key';
  /** Of a foreign key: what it refers to. */
  references: { schema: string; table: string; column: string; type: string } | null;
  /** `schema.sequence` the values come from; of a foreign key that of the referenced column; null: unknown. */
  sequence: string | null;
  /** Where that sequence stands: the largest value there can be; null: unknown. */
  current: number | null;
}

const READABLE = `has_sequence_privilege(s.seqrelid, 'USAGE, SELECT')`;

/** Of `s` pg_sequence and `c` its pg_class. Without the right to, asking fails before 18; so does, on a standby, a sequence of an unlogged table. */
export const LAST_VALUE = `CASE WHEN ${READABLE} AND (c.relpersistence = 'p' OR NOT pg_is_in_recovery())
  THEN pg_sequence_last_value(s.seqrelid) END`;

const SEQUENCE: Columns<SequenceState> = {
  schema: 'n.nspname',
  name: 'c.relname',
  type: `format_type(s.seqtypid, NULL)`,
  lastValue: number(LAST_VALUE),
  readable: READABLE,
  start: number('s.seqstart'),
  minimum: number('s.seqmin'),
  maximum: number('s.seqmax'),
  increment: number('s.seqincrement'),
  cycles: 's.seqcycle',
  ownedBy: `(SELECT json_build_object('schema', tn.nspname, 'table', t.relname, 'column', a.attname,
      'type', format_type(a.atttypid, a.atttypmod), 'identity', a.attidentity <> '')
    FROM pg_catalog.pg_depend d
    JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
    JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.objid = s.seqrelid
      AND d.objsubid = 0 AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i') LIMIT 1)`,
};

export const sequencesReader: TopicReader<readonly SequenceState[]> = {
  view: 'pg_sequence',
  budgetMs: PER_OBJECT_MS,
  read: (query, server) =>
    query(`SELECT ${selectList(SEQUENCE, majorOf(server))}
      FROM pg_catalog.pg_sequence s
      JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid AND c.relpersistence <> 't'
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE ${USER_SCHEMAS('n')}`),
};
