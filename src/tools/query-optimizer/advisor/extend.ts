import type { IndexDefinition } from '../../_shared/database/catalog.ts';
import { MAX_INCLUDED } from './candidates-covering.ts';
import { identityOf, servesAll, tableOf } from './definition.ts';
import { priceOf, type Search, type SearchOptions, type SizedIndex, type State } from './search-state.ts';

/** By identity: left out only because of the storage budget, or of the number of indexes. */
export interface Over {
  budget: Set<string>;
  limit: Set<string>;
}

/** What adding an index saves at most, by identity: what it saved when it was last asked for. */
export type Bounds = Map<string, number>;

interface Move {
  id: string;
  next: readonly SizedIndex[];
  added: SizedIndex;
  /** Identity of the candidate whose gain bounds this move's. */
  from: string;
  /** What is no longer paid for because the move takes it out. */
  refundMs: number;
}

/**
 * Steps of Extend until none is worth it. What an index saves shrinks as others are chosen, so what it saved before is a
 * bound: moves are tried by falling bound, and the rest is not asked for once a tried one is better than every bound left
 * (lazy greedy; Minoux 1978). By byte, small indexes come first; by benefit, strong ones.
 */
export async function extend(
  search: Search,
  helpful: readonly SizedIndex[],
  alone: ReadonlyMap<string, number>,
  by: 'byte' | 'benefit',
  options: SearchOptions,
  over: Over,
): Promise<State> {
  const bounds: Bounds = new Map(alone);
  let current = await search.state([]);
  while (!options.isLate()) {
    const best = await bestMove(search, current, helpful, bounds, by, options, over);
    if (best === null) return current;
    current = best.state;
    options.progress?.(current.chosen.length, best.id);
  }
  return current;
}

async function bestMove(
  search: Search,
  current: State,
  helpful: readonly SizedIndex[],
  bounds: Bounds,
  by: 'byte' | 'benefit',
  options: SearchOptions,
  over: Over,
): Promise<{ state: State; id: string } | null> {
  const leastMs = options.minGainShare * options.workloadMs;
  const left = await movesFrom(search, current, helpful, bounds, options);
  const boundOf = ({ from, refundMs }: Move): number => (bounds.get(from) ?? 0) + refundMs;
  const scoreOf = (gainMs: number, { next }: Move): number =>
    // Steps that make the set smaller are free.
    by === 'byte' ? gainMs / Math.max(PAGE_BYTES, bytesOf(next) - bytesOf(current.chosen)) : gainMs;
  let best: { state: State; id: string; score: number } | null = null;
  while (left.length > 0 && !options.isLate()) {
    const move = takeHighest(left, (one) => scoreOf(boundOf(one), one));
    const bound = boundOf(move);
    if (best !== null && scoreOf(bound, move) < best.score) break;
    if (bound < leastMs) continue;
    const state = await search.state(move.next, current);
    const gainMs = current.objectiveMs - state.objectiveMs;
    if (move.id === move.from) bounds.set(move.id, gainMs);
    if (gainMs < leastMs || gainMs <= 0 || exceeds(move, options, over)) continue;
    const score = scoreOf(gainMs, move);
    if (best === null || score > best.score || (score === best.score && move.id < best.id)) {
      best = { state, id: move.id, score };
    }
  }
  return best;
}

const PAGE_BYTES = 8_192;

function exceeds({ next, added }: Move, options: SearchOptions, over: Over): boolean {
  if (options.storageBudgetBytes !== null && bytesOf(next) > options.storageBudgetBytes) {
    over.budget.add(added.id);
    return true;
  }
  if (next.length > options.maxIndexes) over.limit.add(added.id);
  return next.length > options.maxIndexes;
}

function takeHighest(moves: Move[], scoreOf: (move: Move) => number): Move {
  let place = 0;
  for (const [position, move] of moves.entries()) {
    const known = moves[place] as Move;
    const difference = scoreOf(move) - scoreOf(known);
    if (difference > 0 || (difference === 0 && move.id < known.id)) place = position;
  }
  return moves.splice(place, 1)[0] as Move;
}

function bytesOf(chosen: readonly SizedIndex[]): number {
  return chosen.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Every configuration one step away that could be worth it. */
async function movesFrom(
  search: Search,
  { chosen }: State,
  helpful: readonly SizedIndex[],
  bounds: Bounds,
  options: SearchOptions,
): Promise<Move[]> {
  const leastMs = options.minGainShare * options.workloadMs;
  const moves = new Map<string, Move>();
  const propose = (added: SizedIndex, from: string, base: SizedIndex | null): void => {
    if (chosen.some(({ id, index }) => id === added.id || servesAll(index, added.index))) return;
    const kept = chosen.filter((one) => one !== base && !servesAll(added.index, one.index));
    const refundMs = chosen
      .filter((one) => !kept.includes(one))
      .reduce((sum, one) => sum + priceOf(one, options), 0);
    const id = base === null ? added.id : `${added.id} for ${base.id}`;
    moves.set(id, { id, next: [...kept, added], added, from, refundMs });
  };
  for (const one of helpful) {
    propose(one, one.id, null);
    for (const base of chosen) {
      if ((bounds.get(one.id) ?? 0) + priceOf(base, options) < leastMs) continue;
      const merged = mergeIndexes(base.index, one.index, options.maxColumns);
      if (merged === null || options.isServed(merged) || options.isRefused(identityOf(merged))) continue;
      propose(await search.sized({ id: identityOf(merged), index: merged }), one.id, base);
    }
  }
  return [...moves.values()];
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
  if (include.length > MAX_INCLUDED) return null;
  const merged = { ...a, keys, include };
  return identityOf(merged) === identityOf(a) || identityOf(merged) === identityOf(b) ? null : merged;
}
