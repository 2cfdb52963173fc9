import { needsMonitor } from './grants.ts';
import { type Columns, elapsedMs, majorOf, number, selectList } from './sql.ts';
import { CHEAP_MS, type TopicReader } from './topic.ts';
import type { XminHolder } from './wraparound.ts';

const NOTHING = {
  database: 'NULL::text',
  user: 'NULL::text',
  application: 'NULL::text',
  state: 'NULL::text',
};

const SESSION: Columns<XminHolder> = {
  kind: `CASE WHEN a.backend_type = 'walsender' THEN 'standby' ELSE 'session' END`,
  name: `CASE WHEN a.backend_type = 'walsender' THEN a.application_name ELSE a.pid::text END`,
  pid: 'a.pid',
  xminAge: number('greatest(age(a.backend_xmin), age(a.backend_xid))'),
  catalogOnly: 'false',
  ageMs: elapsedMs('a.xact_start'),
  database: 'a.datname::text',
  user: 'a.usename::text',
  application: 'a.application_name',
  state: 'a.state',
};

const PREPARED: Columns<XminHolder> = {
  ...NOTHING,
  kind: `'prepared-transaction'`,
  name: 'p.gid',
  pid: 'NULL::int',
  xminAge: number('age(p.transaction)'),
  catalogOnly: 'false',
  ageMs: elapsedMs('p.prepared'),
  database: 'p.database::text',
  user: 'p.owner::text',
};

const SLOT: Columns<XminHolder> = {
  ...NOTHING,
  kind: `'replication-slot'`,
  name: 's.slot_name::text',
  pid: 's.active_pid',
  xminAge: number('greatest(age(s.xmin), age(s.catalog_xmin))'),
  catalogOnly: 's.xmin IS NULL',
  ageMs: 'NULL::float8',
  database: 's.database::text',
};

/** Oldest first. A vacuum does not hold up another one, and we not ourselves. */
export const xminHoldersReader: TopicReader<readonly XminHolder[]> = {
  view: 'pg_stat_activity, pg_prepared_xacts, pg_replication_slots',
  budgetMs: CHEAP_MS,
  refusal: needsMonitor,
  async read(query, server) {
    const major = majorOf(server);
    return query(
      `SELECT ${selectList(SESSION, major)} FROM pg_catalog.pg_stat_activity a
       WHERE a.pid <> pg_backend_pid() AND (a.backend_xmin IS NOT NULL OR a.backend_xid IS NOT NULL)
         AND a.query !~* '^(autovacuum: )?\\s*vacuum'
       UNION ALL SELECT ${inOrderOf(PREPARED, major)} FROM pg_catalog.pg_prepared_xacts p
       UNION ALL SELECT ${inOrderOf(SLOT, major)} FROM pg_catalog.pg_replication_slots s
       WHERE s.xmin IS NOT NULL OR s.catalog_xmin IS NOT NULL
       ORDER BY "xminAge" DESC`,
    );
  },
};

/** UNION goes by position. */
function inOrderOf(columns: Columns<XminHolder>, major: number): string {
  const fields = Object.keys(SESSION) as (keyof XminHolder)[];
  return selectList(Object.fromEntries(fields.map((field) => [field, columns[field]])), major);
}
