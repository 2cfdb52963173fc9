import { parsePlan } from '../../_shared/database/plan-postgres.ts';
import type { TableStatistics } from '../../_shared/database/postgres/tables.ts';
import type { Reading } from '../../_shared/database/reading.ts';
import type { StatementDelta } from '../../_shared/database/statements.ts';
import { qualified } from '../analyze/misestimates.ts';
import { type KeptPlan, keepPlan } from '../analyze/plan-history.ts';
import type { LogReading } from '../analyze/server-log.ts';
import type { StatementName } from '../analyze/statements/names.ts';

/** The newest plan that auto_explain wrote of each statement of the window, in the form in which plans are kept. */
export function loggedPlans(
  log: LogReading,
  statements: readonly Pick<StatementDelta, 'key' | 'text'>[],
  names: ReadonlyMap<string, StatementName>,
  tables: Reading<readonly Pick<TableStatistics, 'schema' | 'name'>[]>,
): KeptPlan[] {
  if (!log?.known) return [];
  const logged = log.value.summary.statements;
  const known = tables.known ? tables.value : [];
  // Several users ask the same: it is one text, and has one plan in the log.
  const texts = new Map(statements.flatMap(({ key, text }) => (text === null ? [] : [[text, key] as const])));
  return [...texts].flatMap(([text, key]) => {
    const plan = parsePlan(logged.get(names.get(key)?.key ?? '')?.plan ?? null);
    if (plan === null) return [];
    const kept = keepPlan(text, plan, 'logged');
    const named = <Step extends { table: string | null }>(step: Step): Step => ({
      ...step,
      table: qualified(step.table, known),
    });
    return [{ ...kept, scans: kept.scans.map(named), misestimates: kept.misestimates.map(named) }];
  });
}
