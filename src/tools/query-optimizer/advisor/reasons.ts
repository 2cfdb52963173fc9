import { formatDuration } from '../../../core/duration.ts';
import { percent } from '../../../core/rounding.ts';
import { walkPlan } from '../../_shared/database/plan-walk.ts';
import type { Workload, WorkloadQuery } from '../workload.ts';
import type { Candidate } from './candidates.ts';
import type { CostModel } from './cost.ts';
import { tableOf } from './definition.ts';
import { type CatalogFacts, distinctOf } from './facts.ts';
import type { ScanNeeds } from './needs.ts';
import type { SearchResult, SingleGain } from './search.ts';
import type { QueryReason, RefusedIndex } from './types.ts';
import { type WriteCost, writeCostOf } from './write-cost.ts';

export interface Reasoning {
  workload: Workload;
  model: CostModel;
  facts: CatalogFacts;
  needs: ReadonlyMap<string, readonly ScanNeeds[]>;
  candidates: readonly Candidate[];
  result: SearchResult;
  /** Candidates that the back-end cannot think of. */
  unsupported: readonly RefusedIndex[];
  /** Turned down because they help with few of the values only. */
  unsteady: ReadonlySet<string>;
  minTablePages: number;
  minGainShare: number;
  workloadMs: number;
}

type Reason = Omit<QueryReason, 'query'>;

/** Why there is no advice for a query; the first that holds is the nearest cause. */
export function reasonFor(query: WorkloadQuery, reasoning: Reasoning): QueryReason {
  const { key } = query.shape;
  const needs = reasoning.needs.get(key) ?? [];
  const own = reasoning.candidates.filter(({ queries }) => queries.has(key));
  const reason =
    fromKind(query, reasoning) ??
    fromTables(needs, own, reasoning) ??
    fromSearch(query, own, reasoning) ??
    fromPlan(query, reasoning);
  return { query, ...reason };
}

function fromKind({ shape }: WorkloadQuery, { model }: Reasoning): Reason | null {
  const reads =
    shape.kind === 'update' ||
    shape.kind === 'delete' ||
    shape.tables.some(({ access }) => access === 'read');
  if (shape.kind === 'utility' || !reads)
    return { code: 'writes-only', reason: 'it only writes; indexes make that slower' };
  const refusal = model.refusals.get(shape.key);
  return refusal === undefined
    ? null
    : { code: 'not-plannable', reason: `it could not be planned: ${refusal}` };
}

function fromTables(
  needs: readonly ScanNeeds[],
  own: readonly Candidate[],
  { minTablePages, unsupported }: Reasoning,
): Reason | null {
  if (own.length > 0) return null;
  const [small] = needs;
  if (small !== undefined && needs.every(({ table }) => table.pages < minTablePages)) {
    return {
      code: 'table-too-small',
      reason: `${small.tableName} has ${small.table.pages} pages: reading it whole is as fast as any index`,
    };
  }
  const refusal = needs.flatMap(({ refusals }) => refusals)[0];
  if (refusal !== undefined) return { code: 'refused-type', reason: refusal };
  const tables = new Set(needs.map(({ tableName }) => tableName));
  const other = unsupported.find(({ index }) => tables.has(tableOf(index)));
  return other === undefined ? null : { code: 'not-supported', reason: other.reason };
}

function fromSearch(query: WorkloadQuery, own: readonly Candidate[], reasoning: Reasoning): Reason | null {
  const { result, unsteady, minGainShare, workloadMs } = reasoning;
  if (own.some(({ id }) => unsteady.has(id))) {
    return { code: 'unsteady', reason: 'an index would help with few of the values that its columns hold' };
  }
  const helpful = own.flatMap(({ id }) => result.alone.get(id) ?? []).toSorted((a, b) => b.gainMs - a.gainMs);
  const [best] = helpful;
  if (best === undefined) {
    const costly = own.flatMap((one) => lostUpdates(one, reasoning) ?? [])[0];
    return costly === undefined ? null : { code: 'write-cost', reason: costly };
  }
  if (helpful.some(({ index }) => result.overBudget.has(index.id))) {
    return { code: 'budget', reason: 'an index for it does not fit into the storage budget' };
  }
  if (helpful.some(({ index }) => result.overLimit.has(index.id))) {
    return { code: 'limit', reason: 'other indexes save more, and no more are asked for' };
  }
  const leastMs = minGainShare * workloadMs;
  if (helpful.every((one) => isPaidByWriters(one, leastMs))) {
    return { code: 'write-cost', reason: writeReason(best.index.write, formatDuration(best.gainMs)) };
  }
  if (!result.complete)
    return { code: 'deadline', reason: 'the time for the advice was over before it was its turn' };
  const share = query.totalMs / Math.max(workloadMs, Number.MIN_VALUE);
  return {
    code: 'small-gain',
    reason: `an index would save ${percent(best.gainMs / workloadMs)} % of the time of all queries, of which it takes ${percent(share)} %; less than ${percent(minGainShare)} % is not worth the upkeep`,
  };
}

/**
 * The reason against an index on a column that is updated so often that its writers would pay more than its queries take
 * now, however much of that it saved. That needs no plan, so it is said of queries that are too few to be looked into, too.
 */
function lostUpdates({ index, queries }: Candidate, { facts, workload }: Reasoning): string | null {
  const table = facts.table(tableOf(index));
  if (table === undefined || index.keys.length > 1) return null;
  const write = writeCostOf(index, table, workload, facts);
  const takenMs = workload.queries
    .filter(({ shape }) => queries.has(shape.key))
    .reduce((sum, { totalMs }) => sum + totalMs, 0);
  return write.lostHotColumn === null || write.ms < takenMs
    ? null
    : writeReason(write, `at most ${formatDuration(takenMs)}`);
}

/** Writers would pay more than queries gain, or so much of it that too little is left. */
function isPaidByWriters({ gainMs, index }: SingleGain, leastMs: number): boolean {
  return index.write.ms >= gainMs || (gainMs >= leastMs && gainMs - index.write.ms < leastMs);
}

function fromPlan({ shape }: WorkloadQuery, { model }: Reasoning): Reason {
  const costed = model.queries.find(({ query }) => query.shape.key === shape.key);
  const plan = costed?.variants[0]?.asItIs;
  const steps = plan === undefined ? [] : [...walkPlan(plan.root)];
  if (steps.some(({ index }) => index !== null)) {
    return {
      code: 'already-served',
      reason: 'it is served by indexes that exist; no other would be cheaper',
    };
  }
  const conditions = shape.uses.some(({ role }) => role !== 'projected' && role !== 'written');
  return conditions
    ? {
        code: 'not-selective',
        reason: 'its conditions leave so many rows that reading the whole table is cheaper',
      }
    : { code: 'no-condition', reason: 'it has no condition, order or join that an index could serve' };
}

/** Few values: no B-tree finds a small part of a table by them. */
const FEW_VALUES = 10;

/** Indexes that people would think of first, and why they are not among the advice. */
export function refusedIndexes(reasoning: Reasoning): RefusedIndex[] {
  const { candidates, result, facts, unsteady, unsupported, minGainShare, workloadMs } = reasoning;
  const chosen = new Set(result.chosen.map(({ id }) => id));
  const leastMs = minGainShare * workloadMs;
  const refused = candidates.flatMap((candidate): RefusedIndex[] => {
    const { id, index } = candidate;
    if (chosen.has(id)) return [];
    const impossible = result.impossible.get(id);
    if (impossible !== undefined) return [{ index, code: 'not-supported', reason: impossible }];
    const alone = result.alone.get(id);
    if (unsteady.has(id))
      return [{ index, code: 'unsteady', reason: 'it helps with few of the values that its columns hold' }];
    if (alone !== undefined && isPaidByWriters(alone, leastMs)) {
      return [
        { index, code: 'write-cost', reason: writeReason(alone.index.write, formatDuration(alone.gainMs)) },
      ];
    }
    const costly = alone === undefined ? lostUpdates(candidate, reasoning) : null;
    if (costly !== null) return [{ index, code: 'write-cost', reason: costly }];
    const reason = index.keys.length === 1 && index.method === 'btree' ? fewValues(index, facts) : null;
    // With the column as predicate of a partial index, or behind another key, it may well help.
    return reason === null || (alone?.gainMs ?? 0) >= leastMs
      ? []
      : [{ index, code: 'not-selective', reason }];
  });
  return [...refused, ...unsupported];
}

function fewValues(index: Candidate['index'], facts: CatalogFacts): string | null {
  const table = tableOf(index);
  const column = index.keys[0]?.column ?? null;
  const statistics = column === null ? null : (facts.column(table, column)?.statistics ?? null);
  const distinct = distinctOf(statistics, facts.table(table)?.rows ?? null);
  if (statistics === null || distinct === null || distinct > FEW_VALUES) return null;
  const most = Math.max(0, ...statistics.mostCommonShares);
  return `${column} has ${distinct} values, the most common in ${percent(most)} % of the rows: reading the whole table is as fast`;
}

function writeReason(write: WriteCost, saved: string): string {
  if (write.lostHotColumn !== null) {
    return `${Math.round(write.lostHot)} updates of ${write.lostHotColumn} touch no index today (HOT) and would touch every index of the table: ${formatDuration(write.ms)} of writing for ${saved} saved`;
  }
  return `writers would make ${Math.round(write.entries)} entries: ${formatDuration(write.ms)} of writing for ${saved} saved`;
}
