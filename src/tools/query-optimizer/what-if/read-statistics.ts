import type { SqlSession } from '../../../platform/sql/types.ts';
import { type PlannerSetting, readPlannerSettings } from './planner-settings.ts';

/** Size of one table, partitioned table or index, as planner and disk have it. */
export interface RelationSize extends Record<string, unknown> {
  schema: string;
  name: string;
  /** r, p, m: tables; i, I: indexes. */
  kind: string;
  /** pg_class.relpages and reltuples: what the last VACUUM or ANALYZE saw. */
  relpages: number;
  reltuples: number;
  relallvisible: number;
  /** Now, on disk: the planner scales by it. */
  pages: number;
}

/** One row of pg_stats; arrays are the server's text. All of it may be data of the user's. */
export interface StatisticsRow extends Record<string, unknown> {
  schema: string;
  /** A table, or an index over expressions. */
  relation: string;
  column: string;
  inherited: boolean;
  null_share: number;
  width: number;
  distinct: number;
  common_values: string | null;
  common_shares: string | null;
  histogram: string | null;
  correlation: number | null;
  common_elements: string | null;
  common_element_shares: string | null;
  element_counts: string | null;
  length_histogram: string | null;
  empty_share: number | null;
  bounds_histogram: string | null;
}

/** What a planner goes by, apart from the schema; read once, so that all plans rest on the same. */
export interface SourceStatistics {
  sizes: readonly RelationSize[];
  columns: readonly StatisticsRow[];
  settings: readonly PlannerSetting[];
  limits: readonly string[];
}

const OWN_SCHEMAS = `NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`;

function sizesSql(pages: string): string {
  return `
  SELECT n.nspname AS schema, c.relname AS name, c.relkind::text AS kind, c.relpages, c.reltuples, c.relallvisible,
         ${pages} AS pages
  FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname ${OWN_SCHEMAS} AND c.relkind IN ('r', 'p', 'm', 'i', 'I') AND c.relpersistence <> 't'`;
}
const PAGES_ON_DISK = `CASE WHEN c.relkind IN ('r', 'm', 'i')
       THEN (coalesce(pg_relation_size(c.oid), 0) / current_setting('block_size')::int)::int ELSE 0 END`;

/** Ranges have statistics of their own in the view since 17. */
function columnsSql(hasRanges: boolean): string {
  const ranges = hasRanges
    ? 's.range_length_histogram::text AS length_histogram, s.range_empty_frac AS empty_share, s.range_bounds_histogram::text AS bounds_histogram'
    : 'NULL::text AS length_histogram, NULL::float4 AS empty_share, NULL::text AS bounds_histogram';
  // Dates must read the same everywhere; the setting is made before any row is printed, because the join needs it first.
  return `
  WITH form AS MATERIALIZED (
    SELECT set_config('datestyle', 'ISO', true) AS d, set_config('intervalstyle', 'postgres', true) AS i,
           set_config('extra_float_digits', '3', true) AS f)
  SELECT s.schemaname AS schema, s.tablename AS relation, s.attname AS column, s.inherited, s.null_frac AS null_share,
         s.avg_width AS width, s.n_distinct AS distinct, s.most_common_vals::text AS common_values,
         s.most_common_freqs::text AS common_shares, s.histogram_bounds::text AS histogram, s.correlation,
         s.most_common_elems::text AS common_elements, s.most_common_elem_freqs::text AS common_element_shares,
         s.elem_count_histogram::text AS element_counts, ${ranges}
  FROM form CROSS JOIN pg_stats AS s WHERE s.schemaname ${OWN_SCHEMAS}`;
}

export async function readSourceStatistics(session: SqlSession): Promise<SourceStatistics> {
  const limits: string[] = [];
  const catalog = { catalog: true };
  const sizes = await session
    .query<RelationSize>(sizesSql(PAGES_ON_DISK), [], catalog)
    // One table that is locked exclusively makes the whole fail: its size cannot be asked for.
    .catch(async () => {
      limits.push('Sizes are those of the last VACUUM or ANALYZE: a table was locked.');
      return session.query<RelationSize>(sizesSql('greatest(c.relpages, 0)'), [], catalog);
    });
  const hasRanges = Number.parseInt(session.serverVersion, 10) >= 17;
  const columns = await session.query<StatisticsRow>(columnsSql(hasRanges), [], catalog);
  if (columns.length === 0 && sizes.some(({ kind, reltuples }) => kind === 'r' && reltuples > 0)) {
    limits.push(
      'The role sees no statistics of columns, so that every estimate is a guess: grant it pg_read_all_data, or SELECT on the tables.',
    );
  }
  return { sizes, columns, settings: await readPlannerSettings(session), limits };
}
