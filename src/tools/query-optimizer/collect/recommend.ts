import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { readSnapshot } from '../../_shared/database/postgres/read-snapshot.ts';
import { loadSqlParser } from '../../_shared/sql/parser.ts';
import type { CommandContext } from '../../context.ts';
import type { AdviceOptions, IndexUsage } from '../advisor/types.ts';
import { contextOf, type Observation } from '../analyze/context.ts';
import { findNPlusOne } from '../analyze/n-plus-one.ts';
import { assessQueries } from '../analyze/query-rules.ts';
import type { OptimizerOptions } from '../options.ts';
import type { Recommendation, Rewrite } from '../recommendation.ts';
import { withSource } from '../rewrite/orm/with-source.ts';
import { rewritesOf } from '../rewrite/rewrites.ts';
import { RULES } from '../rules.ts';
import { adviseDatabase, type IndexAdvice } from './advise-database.ts';

export interface Recommended extends IndexAdvice {
  /** Nothing of it is proven yet. */
  recommendations: readonly Recommendation[];
}

/**
 * Everything that can be recommended for what was seen of a database: new indexes, ones that can go, other queries.
 *
 * @param limits of the index advice, where they differ from the usual ones
 */
export async function recommendFor(
  ctx: CommandContext<OptimizerOptions>,
  database: OpenDatabase,
  observation: Observation,
  limits: Partial<AdviceOptions> = {},
): Promise<Recommended> {
  const rewrites = await rewritesFor(ctx, observation);
  const { advice, notChecked } = await adviseDatabase(ctx, database, observation, limits, () =>
    indexUsage(ctx, database),
  );
  const indexes = advice === null ? [] : [...advice.creates, ...advice.drops];
  return { recommendations: [...indexes, ...rewrites], advice, notChecked };
}

/** Other ways to write the queries that a rule reports, and only those: most queries are fine as they are. */
export async function rewritesFor(
  ctx: CommandContext<OptimizerOptions>,
  observation: Observation,
): Promise<Rewrite[]> {
  const { catalog, workload } = observation;
  const context = contextOf(observation, ctx.options);
  const parser = await loadSqlParser();
  const { findings } = assessQueries(context);
  const lists = new Map(findNPlusOne(context).map(({ lookup, parent }) => [lookup.query, parent]));
  const rewrites: Rewrite[] = [];
  for (const query of workload.queries) {
    const mark = ` ${query.shape.key.slice(0, 8)}`;
    const rules = findings.filter(({ subject }) => subject.name.endsWith(mark)).map(({ rule }) => rule);
    const list = lists.get(query);
    const reporting = new Set(list === undefined ? rules : [...rules, RULES.nPlusOne.id]);
    if (reporting.size === 0) continue;
    const table = list?.shape.tables.find(({ scope }) => scope === 0)?.table ?? null;
    for (const rewrite of rewritesOf(query, catalog, parser, reporting)) {
      rewrites.push(await withSource(ctx, rewrite, catalog, table));
    }
  }
  return rewrites;
}

/** How often indexes were used, as far as this server knows; standbys keep counts of their own. */
async function indexUsage(
  { clock }: Pick<CommandContext, 'clock'>,
  { session }: OpenDatabase,
): Promise<IndexUsage | null> {
  const atMs = clock.wallMs();
  const { indexes, replication } = (await readSnapshot(session, ['indexes', 'replication'], atMs)).parts;
  if (!indexes.known) return null;
  return {
    sinceMs: indexes.value.resetAtMs,
    atMs,
    scans: new Map(indexes.value.indexes.map(({ schema, name, scans }) => [`${schema}.${name}`, scans])),
    standbys: replication.known && replication.value.senders.length === 0 ? 'none' : 'unknown',
  };
}
