import { RearguardError } from '../../../core/errors.ts';
import type { Candidate } from './candidates.ts';
import type { CostModel } from './cost.ts';
import { extend } from './extend.ts';
import { type Search, type SearchOptions, type SizedIndex, startSearch, type State } from './search-state.ts';

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

const REMOVAL_LOSS = 0.000_5;

/**
 * Extend (Schlosser, Kossmann, Boissier, ICDE 2019): one step at a time adds an index, appends columns to a chosen one, or
 * merges two, whichever saves most; until nothing saves enough, or the budget or the time is used up. What is chosen at any
 * moment is a valid answer.
 */
export async function searchIndexes(
  model: CostModel,
  candidates: readonly Candidate[],
  options: SearchOptions,
): Promise<SearchResult> {
  const search = startSearch(model, options);
  const none = await search.state([]);
  const { alone, impossible } = await screen(model, search, none, candidates, options);
  const helpful = candidates.flatMap(({ id }) => alone.get(id)?.index ?? []);
  const gains = new Map([...alone].map(([id, { gainMs }]) => [id, gainMs]));
  const over = { budget: new Set<string>(), limit: new Set<string>() };
  // With room for all, the strongest first; where room is short, those that give most for it.
  const by = options.storageBudgetBytes === null ? 'benefit' : 'byte';
  const found = await extend(search, helpful, gains, by, options, over);
  const lean = await removeIdle(search, found, options);
  return {
    chosen: lean.chosen,
    alone,
    impossible,
    overBudget: over.budget,
    overLimit: over.limit,
    complete: !options.isLate(),
  };
}

/** Less than this of the time of all queries is no reason to look at a candidate again. */
const IDLE_SHARE = 0.001;

/**
 * What each candidate saves alone. First all candidates of a query at once: where they save nothing together, none does.
 * Then each with the queries that it was thought of for, and if that is something, with all queries.
 */
async function screen(
  model: CostModel,
  search: Search,
  none: State,
  candidates: readonly Candidate[],
  options: SearchOptions,
): Promise<Pick<SearchResult, 'alone' | 'impossible'>> {
  const alone = new Map<string, SingleGain>();
  const impossible = new Map<string, string>();
  const hopeful = await hopefulQueries(model, candidates, options);
  for (const candidate of candidates) {
    if (options.isLate()) break;
    try {
      let first = 0;
      for (const query of hopeful) {
        if (!candidate.queries.has(query.query.shape.key)) continue;
        first += (1 - (await model.ratio(query, [candidate]))) * query.query.totalMs;
      }
      if (first < IDLE_SHARE * options.workloadMs) continue;
      const gainMs = none.queryMs - (await search.queryMs([candidate], none));
      if (gainMs > 0) alone.set(candidate.id, { index: await search.sized(candidate), gainMs });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      impossible.set(candidate.id, error.message);
    }
  }
  return { alone, impossible };
}

async function hopefulQueries(
  model: CostModel,
  candidates: readonly Candidate[],
  options: SearchOptions,
): Promise<CostModel['queries']> {
  const hopeful: CostModel['queries'][number][] = [];
  for (const query of model.queries) {
    if (options.isLate()) break;
    const own = candidates.filter(({ queries }) => queries.has(query.query.shape.key));
    try {
      const ratio = own.length === 0 ? 1 : await model.ratio(query, own);
      if ((1 - ratio) * query.query.totalMs >= IDLE_SHARE * options.workloadMs) hopeful.push(query);
    } catch (error) {
      // One of them cannot be made; which one, the look at each by itself will say.
      if (!isRefusal(error)) throw error;
      hopeful.push(query);
    }
  }
  return hopeful;
}

function isRefusal(error: unknown): error is RearguardError {
  return error instanceof RearguardError && (error.code === 'E_SQL_REFUSED' || error.code === 'E_SANDBOX');
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
