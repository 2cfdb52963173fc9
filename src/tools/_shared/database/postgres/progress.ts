import { needsMonitor } from './grants.ts';
import { elapsedMs, majorOf } from './sql.ts';
import { CHEAP_MS, type TopicReader } from './topic.ts';

/** A long command of the server's own that runs now. */
export interface Progress {
  pid: number;
  command: 'vacuum' | 'create-index' | 'analyze' | 'cluster' | 'copy';
  /** `schema.table`; null where it belongs to another database. */
  table: string | null;
  database: string | null;
  phase: string;
  /** 0 to 1 of the phase; null where it cannot be told. */
  share: number | null;
  runningMs: number | null;
  /** An autovacuum worker does it. */
  automatic: boolean;
  /** The autovacuum keeps transaction ids from running out: it does not give way to locks. */
  wraparound: boolean;
}

/** Which view, since when, and what of its work is done. */
const VIEWS: readonly {
  command: Progress['command'];
  view: string;
  since: number;
  done: string;
  total: string;
}[] = [
  { command: 'vacuum', view: 'vacuum', since: 13, done: 'heap_blks_scanned', total: 'heap_blks_total' },
  {
    command: 'create-index',
    view: 'create_index',
    since: 13,
    done: 'CASE WHEN p.blocks_total > 0 THEN p.blocks_done ELSE p.tuples_done END',
    total: 'CASE WHEN p.blocks_total > 0 THEN p.blocks_total ELSE p.tuples_total END',
  },
  { command: 'analyze', view: 'analyze', since: 13, done: 'sample_blks_scanned', total: 'sample_blks_total' },
  { command: 'cluster', view: 'cluster', since: 13, done: 'heap_blks_scanned', total: 'heap_blks_total' },
  { command: 'copy', view: 'copy', since: 14, done: 'bytes_processed', total: 'bytes_total' },
];

const PHASE = (command: string): string => (command === 'copy' ? `p.command` : 'p.phase');

function sqlOf({ command, view, done, total }: (typeof VIEWS)[number]): string {
  return `SELECT p.pid, '${command}' AS command, p.datname AS database, ${PHASE(command)} AS phase,
    (SELECT format('%s.%s', n.nspname, c.relname) FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = p.relid AND p.datname = current_database()) AS table,
    ((${done})::float8 / nullif(${total}, 0)) AS share,
    ${elapsedMs('a.xact_start')} AS "runningMs",
    coalesce(a.backend_type = 'autovacuum worker', false) AS automatic,
    coalesce(a.query LIKE 'autovacuum:%(to prevent wraparound)', false) AS wraparound
    FROM pg_catalog.pg_stat_progress_${view} p LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = p.pid`;
}

export const progressReader: TopicReader<readonly Progress[]> = {
  view: 'pg_stat_progress_*',
  budgetMs: CHEAP_MS,
  refusal: needsMonitor,
  read: (query, server) =>
    query(
      VIEWS.filter(({ since }) => since <= majorOf(server))
        .map(sqlOf)
        .join(' UNION ALL '),
    ),
};
