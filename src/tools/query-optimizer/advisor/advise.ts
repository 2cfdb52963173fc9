import { formatDuration } from '../../../core/duration.ts';
import { percent } from '../../../core/rounding.ts';
import { qualifiedName } from '../../_shared/database/catalog.ts';
import type { CreateIndex } from '../recommendation.ts';
import type { WorkloadQuery } from '../workload.ts';
import { type Candidate, candidatesOf, isServed } from './candidates.ts';
import { callsByPredicate } from './candidates-partial.ts';
import { type CostModel, costModel } from './cost.ts';
import { tableOf } from './definition.ts';
import { dropAdvice } from './drop.ts';
import { effectOf, type IndexEffect } from './effects.ts';
import { type CatalogFacts, factsOf, isCoarse } from './facts.ts';
import { createId, createScript, indexName } from './index-sql.ts';
import { needsOf, type ScanNeeds } from './needs.ts';
import { reasonFor, refusedIndexes } from './reasons.ts';
import { searchIndexes, type SearchResult } from './search.ts';
import type { SizedIndex } from './search-state.ts';
import type { Advice, AdviceRequest, RefusedIndex } from './types.ts';
import { writeCostOf } from './write-cost.ts';

/** Indexes that turn out unsteady are taken out and the search is run again, at most so often. */
const MAX_SEARCHES = 4;

/**
 * Which indexes would make a workload faster, which existing ones it can do without, and why not for the rest. Pure
 * over its interfaces: the same workload, catalogue and back-end give the same advice. Stops with the signal; at the
 * deadline it answers with the best so far.
 */
export async function adviseIndexes(request: AdviceRequest): Promise<Advice> {
  const { workload, catalog, whatIf, options, signal, nowMs } = request;
  const startedMs = nowMs();
  const facts = factsOf(catalog);
  const workloadMs = workload.queries.reduce((sum, { totalMs }) => sum + totalMs, 0);
  const model = await costModel(workload.queries.filter(reads), facts, whatIf, signal);
  const needs = new Map(workload.queries.map((query) => [query.shape.key, needsOf(query, facts)]));
  const { candidates, unsupported } = thinkOf(request, facts, [...needs.values()].flat());
  const { result, effects, unsteady } = await choose(
    request,
    model,
    facts,
    candidates,
    workloadMs,
    startedMs,
  );

  const reasoning = {
    workload,
    model,
    facts,
    needs,
    candidates,
    result,
    unsupported,
    unsteady,
    minTablePages: options.minTablePages,
    minGainShare: options.minGainShare,
    workloadMs,
  };
  const creates = createsOf(request, facts, result, effects, workloadMs);
  const advised = new Set(
    creates.flatMap(({ effects: all }) => all.filter(isBetter).map(({ query }) => query.shape.key)),
  );
  const { drops, kept } = options.drop
    ? await dropAdvice({
        workload,
        catalog,
        facts,
        whatIf,
        queries: model.queries,
        usage: request.usage,
        creates,
        options,
        signal,
      })
    : { drops: [], kept: [] };
  return {
    creates,
    drops,
    reasons: options.create
      ? workload.queries
          .filter(({ shape }) => !advised.has(shape.key))
          .map((query) => reasonFor(query, reasoning))
      : [],
    refused: options.create ? refusedIndexes(reasoning) : [],
    kept,
    stats: {
      plansAsked: model.plansAsked(),
      candidates: candidates.length,
      elapsedMs: nowMs() - startedMs,
      complete: result.complete,
      expectedShare: await expectedShare(model, result.chosen, workloadMs),
    },
  };
}

function isBetter({ costBefore, costAfter }: CreateIndex['effects'][number]): boolean {
  return costAfter < costBefore;
}

/** INSERT … VALUES finds no rows, so no index helps it. */
function reads({ shape }: WorkloadQuery): boolean {
  if (shape.kind === 'utility') return false;
  return shape.kind !== 'insert' || shape.tables.some(({ access }) => access === 'read');
}

function thinkOf(
  { whatIf, options }: AdviceRequest,
  facts: CatalogFacts,
  needs: readonly ScanNeeds[],
): { candidates: Candidate[]; unsupported: RefusedIndex[] } {
  if (!options.create) return { candidates: [], unsupported: [] };
  const all = candidatesOf(needs, facts, callsByPredicate(needs), options);
  const candidates = all.filter(({ index }) => whatIf.supports(index));
  const unsupported = all
    .filter(({ index }) => !whatIf.supports(index))
    .map(({ index }): RefusedIndex => ({
      index,
      code: 'not-supported',
      reason: `${whatIf.label} cannot tell what a ${index.method.toUpperCase()} index of ${tableOf(index)} would do`,
    }));
  return { candidates, unsupported };
}

interface Choice {
  result: SearchResult;
  effects: ReadonlyMap<SizedIndex, IndexEffect>;
  unsteady: ReadonlySet<string>;
}

async function choose(
  request: AdviceRequest,
  model: CostModel,
  facts: CatalogFacts,
  candidates: readonly Candidate[],
  workloadMs: number,
  startedMs: number,
): Promise<Choice> {
  const { workload, catalog, whatIf, options, nowMs, progress } = request;
  const unsteady = new Set<string>();
  for (let turn = 1; ; turn += 1) {
    const result = await searchIndexes(
      model,
      candidates.filter(({ id, index }) => !unsteady.has(id) && !isCoarse(index, facts)),
      {
        ...options,
        workloadMs,
        databaseBytes: catalog.tables.reduce((sum, { totalBytes }) => sum + totalBytes, 0),
        isLate: () => nowMs() - startedMs > options.deadlineMs,
        isServed: (index) => {
          const table = facts.table(tableOf(index));
          return table !== undefined && isServed(index, { table });
        },
        isRefused: (id) => unsteady.has(id),
        sizeOf: (index) => whatIf.sizeOf(index),
        writeCostOf: (index) => {
          const table = facts.table(tableOf(index));
          return table === undefined
            ? { ms: 0, entries: 0, lostHot: 0, lostHotColumn: null }
            : writeCostOf(index, table, workload, facts);
        },
        ...(progress === undefined
          ? {}
          : { progress: (chosen, what) => progress(chosen, options.maxIndexes, what) }),
      },
    );
    const effects = new Map<SizedIndex, IndexEffect>();
    for (const one of result.chosen) effects.set(one, await effectOf(one, result.chosen, model));
    const fickle = result.chosen.filter(
      (one) => (effects.get(one)?.savedMs ?? 0) - one.write.ms < (options.minGainShare * workloadMs) / 2,
    );
    if (fickle.length === 0 || turn === MAX_SEARCHES) {
      return {
        result: { ...result, chosen: result.chosen.filter((one) => !fickle.includes(one)) },
        effects,
        unsteady,
      };
    }
    for (const { id } of fickle) unsteady.add(id);
  }
}

function createsOf(
  { catalog }: AdviceRequest,
  facts: CatalogFacts,
  { chosen }: SearchResult,
  effects: ReadonlyMap<SizedIndex, IndexEffect>,
  workloadMs: number,
): CreateIndex[] {
  const taken = new Set(
    catalog.tables.flatMap(({ name, indexes }) => [name, ...indexes.map((one) => one.name)]),
  );
  return chosen
    .toSorted(
      (a, b) => (effects.get(b)?.savedMs ?? 0) - (effects.get(a)?.savedMs ?? 0) || (a.id < b.id ? -1 : 1),
    )
    .flatMap((one): CreateIndex[] => {
      const { index, bytes, write } = one;
      const table = facts.table(tableOf(index));
      const effect = effects.get(one);
      if (table === undefined || effect === undefined) return [];
      const name = indexName(index, taken);
      taken.add(name);
      const partitions = catalog.tables.filter(({ parent }) => parent === qualifiedName(table));
      const script = createScript(index, name, table, partitions);
      return [
        {
          kind: 'create-index',
          id: createId(index),
          because: because(effect, workloadMs),
          ...script,
          notes: [...prerequisites(one, facts), ...script.notes, ...skewNotes(effect), ...writeNotes(one)],
          gainShare: effect.savedMs / Math.max(workloadMs, Number.MIN_VALUE),
          proof: null,
          index,
          name,
          sizeBytes: bytes,
          writeShare: write.ms / Math.max(workloadMs, Number.MIN_VALUE),
          effects: effect.queries.map(({ effect: of }) => of),
        },
      ];
    });
}

function because({ queries, savedMs }: IndexEffect, workloadMs: number): string {
  const better = queries.filter((query) => query.savedMs > 0);
  const [first] = better;
  const others = better.length - 1;
  const who =
    first === undefined
      ? 'the workload'
      : `${first.costed.query.shape.label}${others > 0 ? ` and ${others} more ${others === 1 ? 'query' : 'queries'}` : ''}`;
  return `${who}: by the planner's costs it saves ${formatDuration(savedMs)} of ${formatDuration(workloadMs)} (${percent(savedMs / Math.max(workloadMs, Number.MIN_VALUE))} %)`;
}

function prerequisites({ index }: SizedIndex, { extensions }: CatalogFacts): string[] {
  const needsTrigrams = index.keys.some(({ operatorClass }) => operatorClass?.includes('trgm') === true);
  return needsTrigrams && !extensions.has('pg_trgm')
    ? [
        'It needs an extension that is not installed yet: CREATE EXTENSION pg_trgm; (comes with PostgreSQL, trusted).',
      ]
    : [];
}

function skewNotes({ queries }: IndexEffect): string[] {
  return queries
    .filter(({ helpsWith, idleWith }) => helpsWith.length > 0 && idleWith.length > 0)
    .slice(0, 3)
    .map(
      ({ costed, helpsWith, idleWith }) =>
        `${costed.query.shape.label}: it helps with ${helpsWith.join(' and ')} values, not with ${idleWith.join(' and ')} ones.`,
    );
}

function writeNotes({ write }: SizedIndex): string[] {
  return write.lostHotColumn === null
    ? []
    : [
        `Updates of ${write.lostHotColumn} will touch every index of the table (no HOT); that is counted in its write cost.`,
      ];
}

async function expectedShare(
  model: CostModel,
  chosen: readonly SizedIndex[],
  workloadMs: number,
): Promise<number> {
  if (workloadMs === 0) return 1;
  let saved = 0;
  for (const query of model.queries) saved += query.query.totalMs * (1 - (await model.ratio(query, chosen)));
  const writing = chosen.reduce((sum, { write }) => sum + write.ms, 0);
  return 1 - (saved - writing) / workloadMs;
}
