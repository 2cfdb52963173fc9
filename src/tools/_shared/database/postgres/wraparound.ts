import { type Columns, majorOf, number, selectList } from './sql.ts';
import { CHEAP_MS, oneRow, type TopicReader } from './topic.ts';

/** How near the transaction and multixact counters are to their end. */
export interface Wraparound {
  databases: readonly { name: string; xidAge: number; multixactAge: number; allowsConnections: boolean }[];
  /** Transaction ids ever given out, epochs included: a difference is a rate. */
  xidCounter: number;
  /** Multixact ids given out, modulo 2^32. */
  multixactCounter: number;
  freezeMaxAge: number;
  multixactFreezeMaxAge: number;
}

/** Something that keeps vacuum from removing dead rows. */
export interface XminHolder {
  kind: 'session' | 'prepared-transaction' | 'replication-slot' | 'standby';
  /** Process id, name of the transaction or of the slot, application of the standby. */
  name: string;
  pid: number | null;
  /** Transactions that have begun since what it still needs. */
  xminAge: number;
  /** Only the system catalogues are held back (logical slots). */
  catalogOnly: boolean;
  /** How long its transaction is open; null where that is unknown. */
  ageMs: number | null;
  database: string | null;
  user: string | null;
  application: string | null;
  state: string | null;
}

type Counters = Omit<Wraparound, 'databases'>;

const DATABASE: Columns<Wraparound['databases'][number]> = {
  name: 'datname',
  xidAge: number('age(datfrozenxid)'),
  multixactAge: number('mxid_age(datminmxid)'),
  allowsConnections: 'datallowconn',
};

const COUNTERS: Columns<Counters> = {
  xidCounter: 'pg_snapshot_xmax(pg_current_snapshot())::text::float8',
  // What the oldest database still needs, and how many have been given out since.
  multixactCounter: `(SELECT mod(min(datminmxid::text::int8 + mxid_age(datminmxid)), 4294967296)::float8
    FROM pg_catalog.pg_database WHERE datname = current_database())`,
  freezeMaxAge: number(`current_setting('autovacuum_freeze_max_age')`),
  multixactFreezeMaxAge: number(`current_setting('autovacuum_multixact_freeze_max_age')`),
};

export const wraparoundReader: TopicReader<Wraparound> = {
  view: 'pg_database',
  budgetMs: CHEAP_MS,
  async read(query, server) {
    const major = majorOf(server);
    const databases = await query<Wraparound['databases'][number]>(
      `SELECT ${selectList(DATABASE, major)} FROM pg_catalog.pg_database`,
    );
    return { databases, ...oneRow(await query<Counters>(`SELECT ${selectList(COUNTERS, major)}`)) };
  },
};
