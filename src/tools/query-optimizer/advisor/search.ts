import { RearguardError } from '../../../core/errors.ts';
import type { IndexDefinition } from '../../_shared/database/catalog.ts';
import type { Candidate } from './candidates.ts';
import type { CostedQuery, CostModel, Indexed } from './cost.ts';
import { identityOf, servesAll, tableOf } from './definition.ts';
import type { WriteCost } from './write-cost.ts';

export interface SizedIndex extends Indexed {
  bytes: number;
  write: WriteCost;
}

export interface SearchOptions {
  storageBudgetBytes: number | null;
  maxIndexes: number;
  maxColumns: number;
  minGainShare: number;
  /** Of all queries, those that could not be planned included. */
  workloadMs: number;
  /** Bytes of all tables: what the size of an index is compared with. */
  databaseBytes: number;
  isLate: () => boolean;
  isServed: (index: IndexDefinition) => boolean;
  /** By identity: turned down before, also as the merge of others. */
  isRefused: (id: string) => boolean;
  sizeOf: (index: IndexDefinition) => Promise<number>;
  writeCostOf: (index: IndexDefinition) => WriteCost;
  progress?: (chosen: number, what: string) => void;
}

/** What an index alone, beside those that exist, would do. */
export interface SingleGain {
  index: SizedIndex;
  /** Time of queries that it saves, before its price. */
  gainMs: number;
}

export interface SearchResult {
  chosen: readonly SizedIndex[];
  /** By identity of the candidate; only those that help at all. */
  alone: ReadonlyMap<string, SingleGain>;
  /** Candidates that the back-end could not make, by identity, and why: the server refuses such an index. */
  impossible: ReadonlyMap<string, string>;
  /** Left out only because of the storage budget or the number of indexes: their queries get that as a reason. */
  overBudget: ReadonlySet<string>;
  overLimit: ReadonlySet<string>;
  complete: boolean;
}

/** An index that takes the whole database once more in space has to save this share of the time for it. */
const SIZE_PENALTY = 0.02;
const REMOVAL_LOSS = 0.000_5;

/**
 * Extend (Schlosser, Kossmann, Boissier, ICDE 2019): one step at a time adds an index, appends columns to a chosen one, or
 * merges two, whichever saves most; until nothing saves enough, or the budget or the time is used up. It is run twice, by
 * benefit per byte and by benefit, and the better end counts. What is chosen at any moment is a valid answer.
 */
export async function searchIndexes(
  model: CostModel,
  candidates: readonly Candidate[],
  options: SearchOptions,
): Promise<SearchResult> {
  const search = startSearch(model, options);
  const alone = new Map<string, SingleGain>();
  const impossible = new Map<string, string>();
  const none = await search.state([]);
  for (const candidate of candidates) {
    if (options.isLate()) break;
    try {
      const gainMs = none.queryMs - (await search.queryMs([candidate], none));
      if (gainMs > 0) alone.set(candidate.id, { index: await search.sized(candidate), gainMs });
    } catch (error) {
      if (!(error instanceof RearguardError) || error.code !== 'E_SQL_REFUSED') throw error;
      impossible.set(candidate.id, error.message);
    }
  }
  const helpful = candidates.flatMap(({ id }) => alone.get(id)?.index ?? []);
  const over = { budget: new Set<string>(), limit: new Set<string>() };
  let best = none;
  for (const by of ['byte', 'benefit'] as const) {
    const found = await extend(search, helpful, by, options, over);
    if (found.objectiveMs < best.objectiveMs) best = found;
  }
  const lean = await removeIdle(search, best, options);
  return {
    chosen: lean.chosen,
    alone,
    impossible,
    overBudget: over.budget,
    overLimit: over.limit,
    complete: !options.isLate(),
  };
}

interface State {
  chosen: readonly SizedIndex[];
  ratios: ReadonlyMap<CostedQuery, number>;
  queryMs: number;
  /** Queries, writers and space, all as time. */
  objectiveMs: number;
}

interface Search {
  state(chosen: readonly SizedIndex[], from?: State): Promise<State>;
  /** Only the time of queries, with indexes whose size nobody asked for yet. */
  queryMs(chosen: readonly Indexed[], from: State): Promise<number>;
  sized(one: Indexed): Promise<SizedIndex>;
}

function startSearch(model: CostModel, options: SearchOptions): Search {
  const sizes = new Map<string, SizedIndex>();

  async function ratios(
    chosen: readonly Indexed[],
    from?: { chosen: readonly Indexed[] } & Pick<State, 'ratios'>,
  ) {
    const before = new Set(from?.chosen.map(({ id }) => id));
    const after = new Set(chosen.map(({ id }) => id));
    const changed = [...(from?.chosen ?? []), ...chosen].filter(({ id }) => before.has(id) !== after.has(id));
    const found = new Map<CostedQuery, number>();
    for (const query of model.queries) {
      const known = from?.ratios.get(query);
      const isSame =
        known !== undefined && !changed.some(({ index }) => model.isRelevant(index, query.query));
      found.set(query, isSame ? known : await model.ratio(query, chosen));
    }
    return found;
  }
  const total = (found: ReadonlyMap<CostedQuery, number>): number =>
    [...found].reduce((sum, [{ query }, ratio]) => sum + query.totalMs * ratio, 0);

  return {
    async state(chosen, from) {
      const found = await ratios(chosen, from);
      const queryMs = total(found);
      const price = chosen.reduce((sum, one) => sum + priceOf(one, options), 0);
      return { chosen, ratios: found, queryMs, objectiveMs: queryMs + price };
    },
    queryMs: async (chosen, from) => total(await ratios(chosen, from)),
    async sized(one) {
      const known = sizes.get(one.id);
      if (known !== undefined) return known;
      const bytes = await options.sizeOf(one.index);
      const sized = { ...one, bytes, write: options.writeCostOf(one.index) };
      sizes.set(one.id, sized);
      return sized;
    },
  };
}

function priceOf({ bytes, write }: SizedIndex, { workloadMs, databaseBytes }: SearchOptions): number {
  return write.ms + (SIZE_PENALTY * workloadMs * bytes) / Math.max(1, databaseBytes);
}

interface Over {
  budget: Set<string>;
  limit: Set<string>;
}

async function extend(
  search: Search,
  helpful: readonly SizedIndex[],
  by: 'byte' | 'benefit',
  options: SearchOptions,
  over: Over,
): Promise<State> {
  let current = await search.state([]);
  const leastMs = options.minGainShare * options.workloadMs;
  while (!options.isLate()) {
    let best: { state: State; score: number; id: string } | null = null;
    for (const { next, id, added } of await movesFrom(search, current, helpful, options)) {
      if (options.isLate()) break;
      const bytes = sumOf(next);
      const isOverBudget = options.storageBudgetBytes !== null && bytes > options.storageBudgetBytes;
      const isOverLimit = next.length > options.maxIndexes;
      const state = await search.state(next, current);
      const gainMs = current.objectiveMs - state.objectiveMs;
      if (gainMs < leastMs || gainMs <= 0) continue;
      if (isOverBudget) over.budget.add(added);
      else if (isOverLimit) over.limit.add(added);
      if (isOverBudget || isOverLimit) continue;
      // Steps that make the set smaller are free.
      const growth = Math.max(8_192, bytes - sumOf(current.chosen));
      const score = by === 'byte' ? gainMs / growth : gainMs;
      if (best === null || score > best.score || (score === best.score && id < best.id))
        best = { state, score, id };
    }
    if (best === null) return current;
    current = best.state;
    options.progress?.(current.chosen.length, best.id);
  }
  return current;
}

function sumOf(chosen: readonly SizedIndex[]): number {
  return chosen.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Every configuration one step away. */
async function movesFrom(
  search: Search,
  { chosen }: State,
  helpful: readonly SizedIndex[],
  options: SearchOptions,
): Promise<{ next: SizedIndex[]; id: string; added: string }[]> {
  const moves = new Map<string, { next: SizedIndex[]; added: string }>();
  const propose = (added: SizedIndex, without: SizedIndex | null): void => {
    if (chosen.some(({ id, index }) => id === added.id || servesAll(index, added.index))) return;
    const kept = chosen.filter((one) => one !== without && !servesAll(added.index, one.index));
    const id = without === null ? added.id : `${added.id} for ${without.id}`;
    moves.set(id, { next: [...kept, added], added: added.id });
  };
  for (const one of helpful) {
    propose(one, null);
    for (const base of chosen) {
      const merged = mergeIndexes(base.index, one.index, options.maxColumns);
      if (merged === null || options.isServed(merged) || options.isRefused(identityOf(merged))) continue;
      propose(await search.sized({ id: identityOf(merged), index: merged }), base);
    }
  }
  return [...moves].map(([id, move]) => ({ id, ...move }));
}

/** The keys of the first, then those of the second that it lacks; null where that is no other index. */
export function mergeIndexes(
  a: IndexDefinition,
  b: IndexDefinition,
  maxColumns: number,
): IndexDefinition | null {
  if (a.method !== 'btree' || b.method !== 'btree' || tableOf(a) !== tableOf(b)) return null;
  if (!(a.predicate === b.predicate)) return null;
  const has = (key: IndexDefinition['keys'][number]): boolean =>
    a.keys.some(({ column, expression }) => column === key.column && expression === key.expression);
  const keys = [...a.keys, ...b.keys.filter((key) => !has(key))].slice(0, maxColumns);
  const columns = new Set(keys.map(({ column }) => column));
  const include = [...new Set([...a.include, ...b.include])]
    .filter((column) => !columns.has(column))
    .toSorted();
  const merged = { ...a, keys, include };
  return identityOf(merged) === identityOf(a) || identityOf(merged) === identityOf(b) ? null : merged;
}

/** Takes out, one by one, what the others do as well. */
async function removeIdle(search: Search, state: State, options: SearchOptions): Promise<State> {
  let current = state;
  for (;;) {
    let best: State | null = null;
    for (const one of current.chosen) {
      const without = await search.state(
        current.chosen.filter((other) => other !== one),
        current,
      );
      if (
        without.objectiveMs <
        (best ?? current).objectiveMs + (best === null ? REMOVAL_LOSS * options.workloadMs : 0)
      )
        best = without;
    }
    if (best === null) return current;
    current = best;
  }
}
