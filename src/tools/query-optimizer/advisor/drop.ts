import { RearguardError } from '../../../core/errors.ts';
import {
  type Catalog,
  type CatalogIndex,
  type CatalogTable,
  qualifiedName,
} from '../../_shared/database/catalog.ts';
import { type Redundancy, redundantIndexes } from '../../_shared/database/index-cover.ts';
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
  for (const { table, index, found } of proposals(request)) {
    request.signal.throwIfAborted();
    const name = nameOf(table, index);
    const keep = (reason: string): unknown => kept.push({ name, table: qualifiedName(table), reason });
    if ('reason' in found) {
      keep(found.reason);
      continue;
    }
    const candidate = { table, index, name, ...found };
    const worst = await worstWithout(candidate, hidden, request);
    if (typeof worst === 'string') {
      keep(worst);
      continue;
    }
    hidden.add(name);
    drops.push(toDrop(candidate, worst, request));
  }
  return { drops, kept };
}

/** Twins and prefixes first: what is unused beside them is judged with them gone. */
function proposals(request: DropRequest): { index: CatalogIndex; table: CatalogTable; found: Proposal }[] {
  return request.catalog.tables
    .flatMap((table) => {
      const redundant = new Map(redundantIndexes(table).map((one) => [one.index, one]));
      return table.indexes.flatMap((index) => {
        const found = propose(table, index, redundant.get(index), request);
        return found === null ? [] : [{ index, table, found }];
      });
    })
    .toSorted(
      (a, b) =>
        Number('reason' in a.found || a.found.coveredBy === null) -
          Number('reason' in b.found || b.found.coveredBy === null) ||
        (nameOf(a.table, a.index) < nameOf(b.table, b.index) ? -1 : 1),
    );
}

type Proposal = { coveredBy: string | null; because: string } | { reason: string };

function nameOf({ schema }: CatalogTable, { name }: CatalogIndex): string {
  return schema === '' ? name : `${schema}.${name}`;
}

/** null: nothing speaks for its removal. */
function propose(
  table: CatalogTable,
  index: CatalogIndex,
  redundant: Redundancy | undefined,
  { creates, usage, options }: DropRequest,
): Proposal | null {
  if (!index.valid || table.kind === 'partitioned') return null;
  if (redundant !== undefined) {
    const coveredBy = nameOf(table, redundant.by);
    return { coveredBy, because: `${coveredBy} does all of its work: ${redundant.reason}` };
  }
  const coming = creates.find((create) => servesAll(create.index, index));
  const idle = idleness(nameOf(table, index), usage, options.minUnusedMs);
  if (coming === undefined && !idle.looksIdle) return null;
  const remaining = table.indexes.filter((other) => other !== index && other.valid);
  const rule = neededByRules(index, table, coming === undefined ? remaining : [...remaining, coming.index]);
  if (rule !== null) return { reason: rule };
  if (coming !== undefined) {
    const coveredBy = `${table.schema}.${coming.name}`;
    return { coveredBy, because: `the new index ${coveredBy} does all of its work, once it is built` };
  }
  return idle.keep === null ? { coveredBy: null, because: idle.because } : { reason: idle.keep };
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

function toDrop(
  { table, index, name, coveredBy, because }: DropCandidate,
  worstRatio: number,
  request: DropRequest,
): DropIndex {
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
