import { RearguardError } from '../../../core/errors.ts';
import type { SqlSession } from '../../../platform/sql/types.ts';
import type { ObservationStore, TimeRange } from '../../../store/store.ts';
import { deltaOf } from '../../_shared/database/delta.ts';
import { type CounterSnapshot, keptBefore } from '../../_shared/database/history.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { parsePlan } from '../../_shared/database/plan-postgres.ts';
import type { StatementDelta } from '../../_shared/database/statements.ts';
import { repairNormalised } from '../../_shared/sql/placeholders.ts';
import type { CommandContext } from '../../context.ts';
import type { TrackerOptions } from '../options.ts';
import { type KeptPlan, keepPlan, keptPlansSchema, type PlanLook } from '../analyze/plan-history.ts';
import { isUtility } from '../analyze/statements/names.ts';
import { TOOL } from '../rules/tool.ts';

const KIND = 'plans';
/** One EXPLAIN plans and runs nothing; a query with very many joins takes long even so. */
const PLAN_TIMEOUT_MS = 1_000;
/** A plan that was looked at this lately is not looked at again. */
const FRESH_MS = 300_000;

export interface CapturedPlans {
  plans: readonly KeptPlan[];
  /** Statements that the server did not plan for us, with its reason. */
  refused: readonly { text: string; reason: string }[];
}

/**
 * The generic plans of the statements that took most time; nothing is run. What the role may not read is refused with
 * the server's word for it.
 */
export async function capturePlans(
  session: SqlSession,
  statements: readonly StatementDelta[],
  limit: number,
): Promise<CapturedPlans> {
  const plans: KeptPlan[] = [];
  const refused: { text: string; reason: string }[] = [];
  const texts = statements
    .filter(({ topLevel, text }) => topLevel && !isUtility(text))
    .flatMap(({ text }) => (text === null ? [] : [text]));
  for (const text of [...new Set(texts)].slice(0, limit)) {
    try {
      const sql = await repairNormalised(text);
      const plan = parsePlan(await session.genericPlan?.(sql, { timeoutMs: PLAN_TIMEOUT_MS }));
      if (plan !== null) plans.push(keepPlan(text, plan));
    } catch (error) {
      if (!(error instanceof RearguardError) || error.code === 'E_UNREACHABLE') throw error;
      refused.push({ text, reason: error.message });
    }
  }
  return { plans, refused };
}

/** Keeps them for comparison with later ones, unless that was done moments ago. */
export function keepPlans(
  observations: ObservationStore,
  target: string,
  plans: readonly KeptPlan[],
  atMs: number,
): void {
  if (plans.length === 0) return;
  observations.add({ tool: TOOL, subject: target, kind: KIND, atMs, document: { plans } });
}

/**
 * Captures and keeps the plans of the statements that took most time since the snapshot before, now and then; call it
 * with each snapshot that is kept.
 */
export async function keepPlansNow(
  { options, store }: Pick<CommandContext<TrackerOptions>, 'options' | 'store'>,
  { target, session }: OpenDatabase,
  snapshot: CounterSnapshot,
): Promise<void> {
  const { observations } = store;
  const { takenAtMs, parts } = snapshot;
  if (plansAreFresh(observations, target.name, takenAtMs)) return;
  const before = keptBefore(observations, { tool: TOOL, target: target.name }, takenAtMs)?.parts.statements;
  if (!before?.known || !parts.statements.known) return;
  const { statements } = deltaOf(before.value, parts.statements.value);
  const { plans } = await capturePlans(session, statements, options.statements.plans);
  keepPlans(observations, target.name, plans, takenAtMs);
}

export function plansAreFresh(observations: ObservationStore, target: string, nowMs: number): boolean {
  const range = { fromMs: nowMs - FRESH_MS, toMs: nowMs + 1 };
  return observations.times({ tool: TOOL, subject: target, kind: KIND }, range).length > 0;
}

/** By the text of the statement, each in time order. */
export function planHistory(
  observations: ObservationStore,
  target: string,
  range: TimeRange,
): Map<string, PlanLook[]> {
  const looks = new Map<string, PlanLook[]>();
  for (const { atMs, document } of observations.list({ tool: TOOL, subject: target, kind: KIND }, range)) {
    const parsed = keptPlansSchema.safeParse(document);
    for (const plan of parsed.success ? parsed.data.plans : []) {
      looks.set(plan.text, [...(looks.get(plan.text) ?? []), { ...plan, atMs }]);
    }
  }
  return looks;
}
