import { RearguardError } from '../../../core/errors.ts';
import { type Catalog, type CatalogIndex, type CatalogTable, qualifiedName } from '../../_shared/database/catalog.ts';
import type { CreateIndex, DropIndex } from '../recommendation.ts';
import type { Configuration, WhatIf } from '../what-if/types.ts';
import type { Workload } from '../workload.ts';
import { type CostedQuery, costRatio } from './cost.ts';
import { servesAll } from './definition.ts';
import type { CatalogFacts } from './facts.ts';
import { adviceId, dropScript } from './index-sql.ts';
import { idleness, neededByRules } from './drop-rules.ts';
import type { AdviceOptions, IndexUsage, KeptIndex } from './types.ts';
import { writeCostOf } from './write-cost.ts';

export interface DropRequest {
  workload: Workload;
  catalog: Catalog;
  facts: CatalogFacts;
  whatIf: WhatIf;
  queries: readonly CostedQuery[];
  usage: IndexUsage | null;
  /** As if they were there already. */
  creates: readonly CreateIndex[];
  options: Pick<AdviceOptions, 'minUnusedMs'>;
  signal: AbortSignal;
}

/** A wider index in its place may cost a little more to read; writers gain more than that. */
const MAX_RATIO_COVERED = 1.1;
/** Nothing takes the place of an unused one, so nothing may change. */
const MAX_RATIO_UNUSED = 1.005;

interface DropCandidate {
  table: CatalogTable;
  index: CatalogIndex;
  /** `schema.index`. */
  name: string;
  coveredBy: string | null;
  because: string;
}

/**
 * Indexes that can go: twins and prefixes of others, and those that nobody used for long enough, here and on standbys.
 * Constraints, uniqueness, replica identity and the support of foreign keys keep an index whatever its counters say. Each
 * one is hidden and every query of its table planned again, with those hidden that went before: it goes only if no query
 * gets slower.
 */
export async function dropAdvice(request: DropRequest): Promise<{ drops: DropIndex[]; kept: KeptIndex[] }> {
  const drops: DropIndex[] = [];
  const kept: KeptIndex[] = [];
  const hidden = new Set<string>();
  for (const { table, index } of everyIndex(request.catalog)) {
    request.signal.throwIfAborted();
    const name = `${table.schema}.${index.name}`;
    const found = judge(table, index, name, hidden, request);
    if (found === null) continue;
    if ('reason' in found) {
      kept.push({ name, table: qualifiedName(table), reason: found.reason });
      continue;
    }
    const worst = await worstWithout(found, hidden, request);
    if (typeof worst === 'string') {
      kept.push({ name, table: qualifiedName(table), reason: worst });
      continue;
    }
    hidden.add(name);
    drops.push(toDrop(found, worst, request));
  }
  return { drops, kept };
}

/** The narrow before the wide, so that what covers an index is still there when it is judged; ties by name. */
function everyIndex({ tables }: Catalog): { table: CatalogTable; index: CatalogIndex }[] {
  return tables
    .flatMap((table) => table.indexes.map((index) => ({ table, index })))
    .toSorted(
      (a, b) =>
        a.index.keys.length - b.index.keys.length ||
        a.index.include.length - b.index.include.length ||
        Number(isConstraining(a.index)) - Number(isConstraining(b.index)) ||
        (`${a.table.schema}.${a.index.name}` < `${b.table.schema}.${b.index.name}` ? 1 : -1),
    );
}

function isConstraining(index: CatalogIndex): boolean {
  return index.primary || index.unique || index.constraint !== null || index.replicaIdentity;
}

function judge(
  table: CatalogTable,
  index: CatalogIndex,
  name: string,
  hidden: ReadonlySet<string>,
  request: DropRequest,
): DropCandidate | { reason: string } | null {
  if (!index.valid || index.parent !== null || table.kind === 'partitioned') return null;
  const others = table.indexes.filter(
    (other) => other !== index && other.valid && !hidden.has(`${table.schema}.${other.name}`),
  );
  const twin = others.find((other) => servesAll(other, index, 'exact'));
  const coming = request.creates.find((create) => servesAll(create.index, index, 'loose'));
  const coveredBy =
    twin === undefined
      ? coming === undefined
        ? null
        : `${table.schema}.${coming.name}`
      : `${table.schema}.${twin.name}`;
  const idle = idleness(name, request.usage, request.options.minUnusedMs);
  if (coveredBy === null && !idle.looksIdle) return null;
  const rule = neededByRules(index, table, coveredBy === null ? others : [...others, ...(twin === undefined ? [coming?.index ?? index] : [])]);
  if (rule !== null) return { reason: rule };
  if (coveredBy !== null) {
    const because =
      twin === undefined
        ? `the new index ${coveredBy} serves all that it does, once it is built`
        : `${coveredBy} serves all that it does: its leading keys are the same, in the same order, with the same class and collation, over the same rows`;
    return { table, index, name, coveredBy, because };
  }
  return idle.keep === null
    ? { table, index, name, coveredBy, because: idle.because }
    : { reason: idle.keep };
}

/** The largest slowdown of any query without the index, or why that cannot be told or is too large. */
async function worstWithout(
  { table, name, coveredBy }: DropCandidate,
  hidden: ReadonlySet<string>,
  { queries, creates, whatIf, signal }: DropRequest,
): Promise<number | string> {
  const limit = coveredBy === null ? MAX_RATIO_UNUSED : MAX_RATIO_COVERED;
  const tableName = qualifiedName(table);
  const add = creates.map(({ index }) => index);
  const without = (names: readonly string[]): Configuration => ({ add, hide: names.toSorted() });
  let worst = 1;
  for (const { query, variants } of queries) {
    if (!query.shape.tables.some((use) => use.table === tableName)) continue;
    for (const { variant } of variants) {
      signal.throwIfAborted();
      const ask = (names: readonly string[]) =>
        whatIf.plan(variant.sql, without(names), { generic: variant.generic });
      try {
        worst = Math.max(worst, costRatio(await ask([...hidden]), await ask([...hidden, name])));
      } catch (error) {
        if (!(error instanceof RearguardError)) throw error;
        return `what the workload would cost without it could not be asked: ${error.message}`;
      }
    }
    if (worst > limit) return `${query.shape.label} would cost ${worst.toFixed(2)} times as much without it`;
  }
  return worst;
}

function toDrop({ table, index, name, coveredBy, because }: DropCandidate, worstRatio: number, request: DropRequest): DropIndex {
  const script = dropScript(table.schema, index.name, index.statement);
  const total = request.workload.queries.reduce((sum, { totalMs }) => sum + totalMs, 0);
  const { ms } = writeCostOf(index, table, request.workload, request.facts);
  return {
    kind: 'drop-index',
    id: adviceId('drop-index', name),
    because,
    ...script,
    gainShare: total === 0 ? 0 : ms / total,
    proof: null,
    name,
    table: qualifiedName(table),
    coveredBy,
    sizeBytes: index.bytes,
    worstRatio,
  };
}
