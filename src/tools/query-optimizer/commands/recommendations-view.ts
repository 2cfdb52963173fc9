import { z } from 'zod';
import type { Block, Cell, Tone } from '../../../core/block.ts';
import { percent } from '../../../core/rounding.ts';
import { formatSize } from '../../../core/size.ts';
import { describeIndex } from '../../_shared/database/index-statement.ts';
import { planSummary } from '../advisor/plan-summary.ts';
import type { Advice } from '../advisor/types.ts';
import type { QueryEffect, Recommendation } from '../recommendation.ts';
import type { Workload } from '../workload.ts';
import { titleOf } from './prove-view.ts';

/** What was advised for one database. */
export interface AdvisedDatabase {
  target: string;
  workload: Workload;
  recommendations: readonly Recommendation[];
  advice: Advice | null;
}

const MAX_RECOMMENDATIONS = 50;
const MAX_EFFECTS = 10;
const MAX_REFUSED = 20;

const effectSchema = z.object({
  key: z.string(),
  label: z.string(),
  /** Which values were in place of the parameters when it was planned. */
  values: z.enum(['generic', 'typical', 'rare', 'frequent', 'absent']),
  costBefore: z.number(),
  costAfter: z.number(),
  planBefore: z.string(),
  planAfter: z.string(),
});

const recommendationSchema = z.object({
  id: z.string(),
  kind: z.enum(['create-index', 'drop-index', 'rewrite']),
  title: z.string(),
  because: z.string(),
  statement: z.string(),
  rollback: z.string(),
  notes: z.array(z.string()),
  /** Of the time of all queries, 0 to 1, by the planner's estimate. */
  gainShare: z.number(),
  /** Extra time of writers, in the same unit; null where nothing is added. */
  writeShare: z.number().nullable(),
  sizeBytes: z.number().nullable(),
  effects: z.array(effectSchema),
  /** null: not tried; coverage says why. */
  proof: z.object({ verdict: z.enum(['proven', 'refuted', 'not-proven']), reason: z.string() }).nullable(),
});

const reasonSchema = z.object({ code: z.string(), reason: z.string() });

export const advisedDataSchema = z.object({
  target: z.string(),
  recommendations: z.array(recommendationSchema),
  /** Queries without advice, the most expensive first. */
  withoutAdvice: z.array(reasonSchema.extend({ key: z.string(), label: z.string() })),
  refused: z.array(reasonSchema.extend({ index: z.string() })),
  /** Indexes that look unneeded and stay. */
  kept: z.array(z.object({ name: z.string(), table: z.string(), reason: z.string() })),
  /** Left out of the lists above by their limits. */
  omitted: z.int(),
  /** null: no back-end could plan with other indexes. */
  search: z
    .object({
      plans: z.int(),
      candidates: z.int(),
      milliseconds: z.number(),
      /** false: the deadline came first. */
      complete: z.boolean(),
      expectedShare: z.number(),
    })
    .nullable(),
});
export type AdvisedData = z.infer<typeof advisedDataSchema>;

export function toAdvisedData(
  { target, recommendations, advice }: AdvisedDatabase,
  limit: number,
): AdvisedData {
  const reasons = advice?.reasons ?? [];
  const refused = advice?.refused ?? [];
  const kept = advice?.kept ?? [];
  const over = (list: readonly unknown[], most: number): number => Math.max(0, list.length - most);
  return {
    target,
    recommendations: recommendations.slice(0, MAX_RECOMMENDATIONS).map(toRecommendationData),
    withoutAdvice: reasons.slice(0, limit).map(({ query, code, reason }) => ({
      key: query.shape.key.slice(0, 8),
      label: query.shape.label,
      code,
      reason,
    })),
    refused: refused.slice(0, MAX_REFUSED).map(({ index, code, reason }) => ({
      index: describeIndex(index),
      code,
      reason,
    })),
    kept: kept.slice(0, MAX_REFUSED).map((one) => ({ ...one })),
    omitted:
      over(recommendations, MAX_RECOMMENDATIONS) +
      over(reasons, limit) +
      over(refused, MAX_REFUSED) +
      over(kept, MAX_REFUSED),
    search:
      advice === null
        ? null
        : {
            plans: advice.stats.plansAsked,
            candidates: advice.stats.candidates,
            milliseconds: Math.round(advice.stats.elapsedMs),
            complete: advice.stats.complete,
            expectedShare: advice.stats.expectedShare,
          },
  };
}

function toRecommendationData(one: Recommendation): AdvisedData['recommendations'][number] {
  return {
    id: one.id,
    kind: one.kind,
    title: titleOf(one),
    because: one.because,
    statement: one.statement,
    rollback: one.rollback,
    notes: [...one.notes],
    gainShare: one.gainShare,
    writeShare: one.kind === 'create-index' ? one.writeShare : null,
    sizeBytes: one.kind === 'rewrite' ? null : one.sizeBytes,
    effects: one.kind === 'create-index' ? one.effects.slice(0, MAX_EFFECTS).map(toEffectData) : [],
    proof: one.proof === null ? null : { verdict: one.proof.verdict, reason: one.proof.reason },
  };
}

function toEffectData(effect: QueryEffect): z.infer<typeof effectSchema> {
  const { query, values, costBefore, costAfter, planBefore, planAfter } = effect;
  return {
    key: query.shape.key.slice(0, 8),
    label: query.shape.label,
    values,
    costBefore,
    costAfter,
    planBefore: planSummary(planBefore),
    planAfter: planSummary(planAfter),
  };
}

export function advisedSections(database: AdvisedDatabase, limit: number): Block[] {
  const { target, recommendations, advice } = database;
  return [
    ...(recommendations.length === 0 ? [] : [overview(target, recommendations)]),
    ...recommendations.slice(0, MAX_RECOMMENDATIONS).flatMap(detail),
    ...(advice === null ? [] : reasonSections(advice, limit)),
  ];
}

function overview(target: string, recommendations: readonly Recommendation[]): Block {
  return {
    kind: 'table',
    title: `Recommended for ${target}`,
    columns: [
      { header: 'id' },
      { header: 'what' },
      { header: 'saves', align: 'right' },
      { header: 'writes', align: 'right' },
      { header: 'size', align: 'right' },
      { header: 'proof' },
    ],
    rows: recommendations
      .slice(0, MAX_RECOMMENDATIONS)
      .map((one): Cell[] => [
        one.id,
        { 'create-index': 'create index', 'drop-index': 'drop index', rewrite: 'rewrite' }[one.kind],
        one.gainShare === 0 ? null : `${percent(one.gainShare)} %`,
        one.kind === 'create-index' ? `+${percent(one.writeShare)} %` : null,
        one.kind === 'rewrite'
          ? null
          : `${one.kind === 'drop-index' ? '-' : '+'}${formatSize(one.sizeBytes)}`,
        proofCell(one),
      ]),
    ...(recommendations.length > MAX_RECOMMENDATIONS
      ? { omitted: recommendations.length - MAX_RECOMMENDATIONS }
      : {}),
  };
}

const TONES: Readonly<Record<string, Tone>> = { proven: 'good', refuted: 'bad', 'not-proven': 'warn' };

function proofCell({ proof }: Recommendation): Cell {
  if (proof === null) return { text: 'not tried', tone: 'muted' };
  return { text: proof.verdict, tone: TONES[proof.verdict] ?? 'muted' };
}

/** What to run, why, and what it does to each query. */
function detail(one: Recommendation): Block[] {
  const isRefuted = one.proof?.verdict === 'refuted';
  const lines = [
    `${one.because}.`,
    ...(one.proof === null ? [] : [one.proof.reason]),
    '',
    // What was refuted is shown to be understood, not to be run.
    isRefuted ? `Do not run it: ${one.statement}` : one.statement,
    ...(one.kind === 'rewrite' || isRefuted ? [] : [`Undo: ${one.rollback}`]),
    ...(isRefuted ? [] : one.notes.map((note) => `- ${note}`)),
  ];
  return [
    {
      kind: 'text',
      title: `${one.id}  ${titleOf(one)}`,
      text: lines.join('\n'),
      ...(isRefuted ? { tone: 'warn' as const } : {}),
    },
    ...(one.kind === 'create-index' && one.effects.length > 0 ? [effectTable(one.effects)] : []),
  ];
}

function effectTable(effects: readonly QueryEffect[]): Block {
  return {
    kind: 'table',
    columns: [
      { header: 'query' },
      { header: 'cost', align: 'right' },
      { header: 'plan before' },
      { header: 'plan after' },
    ],
    rows: effects.slice(0, MAX_EFFECTS).map((effect): Cell[] => [
      effect.query.shape.label,
      {
        text: `${percent(effect.costAfter / Math.max(effect.costBefore, Number.MIN_VALUE))} %`,
        tone: effect.costAfter <= effect.costBefore ? 'good' : 'bad',
      },
      planSummary(effect.planBefore),
      planSummary(effect.planAfter),
    ]),
    ...(effects.length > MAX_EFFECTS ? { omitted: effects.length - MAX_EFFECTS } : {}),
  };
}

function reasonSections({ reasons, refused, kept }: Advice, limit: number): Block[] {
  const table = (
    title: string,
    header: string,
    rows: readonly (readonly [string, string])[],
    most: number,
  ): Block[] =>
    rows.length === 0
      ? []
      : [
          {
            kind: 'table',
            title,
            columns: [{ header }, { header: 'why' }],
            rows: rows.slice(0, most).map((row): Cell[] => [...row]),
            ...(rows.length > most ? { omitted: rows.length - most } : {}),
          },
        ];
  return [
    ...table(
      'Queries without advice',
      'query',
      reasons.map(({ query, reason }) => [`${query.shape.label} ${query.shape.key.slice(0, 8)}`, reason]),
      limit,
    ),
    ...table(
      'Indexes that were turned down',
      'index',
      refused.map(({ index, reason }) => [describeIndex(index), reason]),
      MAX_REFUSED,
    ),
    ...table(
      'Indexes that look unneeded and stay',
      'index',
      kept.map(({ name, reason }) => [name, reason]),
      MAX_REFUSED,
    ),
  ];
}
