import type { Assessment } from '../../../core/assessment.ts';
import { percent } from '../../../core/rounding.ts';
import { formatSize } from '../../../core/size.ts';
import { buffersPerCall, matters, type RuleContext } from '../analyze/context.ts';
import { queryFinding, subjectOf } from '../analyze/finding.ts';
import type { CreateIndex, QueryEffect } from '../recommendation.ts';
import { RULES } from '../rules.ts';
import type { WorkloadQuery } from '../workload.ts';
import { planSummary } from './plan-summary.ts';
import type { Advice, ReasonCode } from './types.ts';

/** An index that takes off less than this is an improvement, not a fault. */
const MAX_COST_SHARE = 0.4;
/** A call that touches fewer pages is cheap whatever its plan. */
const MIN_BUFFERS_PER_CALL = 100;
/** Reasons that are no verdict. */
const OPEN: ReadonlySet<ReasonCode> = new Set(['not-plannable', 'not-supported', 'deadline']);

/**
 * The rule missing-index over one database: a finding for each query that costs something and would cost much less, with
 * the statement to run.
 *
 * @param creates of the advice, with proofs where there are some; one that was refuted reports nothing
 */
export function assessMissingIndexes(
  creates: readonly CreateIndex[],
  { reasons }: Pick<Advice, 'reasons'>,
  context: RuleContext,
): Assessment {
  const rule = RULES.missingIndex;
  const open = new Map(
    reasons.filter(({ code }) => OPEN.has(code)).map(({ query, reason }) => [query.shape.key, reason]),
  );
  const assessment: Assessment = { findings: [], checked: [], notChecked: [] };
  for (const query of context.workload.queries) {
    const subject = subjectOf(query, context);
    const reason = open.get(query.shape.key);
    if (reason !== undefined) {
      assessment.notChecked.push({ subject, rules: [rule.id], reason });
      continue;
    }
    assessment.checked.push({ subject, rule });
    const best = bestFor(query, creates);
    if (best === null || !isFault(query, best.effect, context)) continue;
    assessment.findings.push(queryFinding(query, context, rule, parts(best)));
  }
  return assessment;
}

interface Served {
  create: CreateIndex;
  effect: QueryEffect;
}

function bestFor({ shape }: WorkloadQuery, creates: readonly CreateIndex[]): Served | null {
  const served = creates.flatMap((create): Served[] => {
    const effect = create.effects.find(({ query }) => query.shape.key === shape.key);
    const isRefuted = create.proof?.verdict === 'refuted';
    return effect === undefined || isRefuted || effect.costAfter >= effect.costBefore
      ? []
      : [{ create, effect }];
  });
  // The advice is in the order of what it saves.
  return served[0] ?? null;
}

function isFault(query: WorkloadQuery, effect: QueryEffect, context: RuleContext): boolean {
  if (!matters(query, context) || effect.costAfter > MAX_COST_SHARE * effect.costBefore) return false;
  return query.meanMs >= context.options.minTime || buffersPerCall(query) >= MIN_BUFFERS_PER_CALL;
}

function parts({ create, effect }: Served): Parameters<typeof queryFinding>[3] {
  const { proof, statement, notes, rollback, index, sizeBytes } = create;
  const measured = proof?.queries.find(({ key }) => key === effect.query.shape.key);
  return {
    title: `${effect.query.shape.label} lacks an index on ${index.schema}.${index.table}`,
    confidence: proof?.verdict === 'proven' ? 'proven' : 'likely',
    evidence: [
      {
        label: 'cost by the planner, before and after',
        value: `${Math.round(effect.costBefore)} → ${Math.round(effect.costAfter)} (${percent(effect.costAfter / effect.costBefore)} %)`,
      },
      {
        label: 'plan, before and after',
        value: `${planSummary(effect.planBefore)} → ${planSummary(effect.planAfter)}`,
      },
      { label: 'size of the index', value: formatSize(proof?.sizeBytes ?? sizeBytes) },
      ...(measured === undefined
        ? []
        : [
            {
              label: 'measured in a copy, before and after',
              value: `${measured.before.milliseconds.toPrecision(3)} ms, ${measured.before.buffers} pages → ${measured.after.milliseconds.toPrecision(3)} ms, ${measured.after.buffers} pages`,
            },
          ]),
    ],
    steps: [...notes, `To undo it: ${rollback}`],
    patch: statement,
  };
}
