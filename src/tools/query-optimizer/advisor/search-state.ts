import type { IndexDefinition } from '../../_shared/database/catalog.ts';
import type { CostedQuery, CostModel, Indexed } from './cost.ts';
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

/** An index that takes the whole database once more in space has to save this share of the time for it. */
const SIZE_PENALTY = 0.02;

/** A set of indexes and what the workload costs with it. */
export interface State {
  chosen: readonly SizedIndex[];
  ratios: ReadonlyMap<CostedQuery, number>;
  queryMs: number;
  /** Queries, writers and space, all as time. */
  objectiveMs: number;
}

export interface Search {
  state(chosen: readonly SizedIndex[], from?: State): Promise<State>;
  /** Only the time of queries, with indexes whose size nobody asked for yet. */
  queryMs(chosen: readonly Indexed[], from: State): Promise<number>;
  sized(one: Indexed): Promise<SizedIndex>;
}

export function startSearch(model: CostModel, options: SearchOptions): Search {
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

/** What writers and the disk pay, as time. */
export function priceOf({ bytes, write }: SizedIndex, { workloadMs, databaseBytes }: SearchOptions): number {
  return write.ms + (SIZE_PENALTY * workloadMs * bytes) / Math.max(1, databaseBytes);
}
