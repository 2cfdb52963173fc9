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
