import type { Block } from '../core/block.ts';
import type { Coverage } from '../core/coverage.ts';
import type { Report } from '../core/report.ts';
import type { Severity } from '../core/severity.ts';
import type { CheckData } from './check-data.ts';
import type { RunResult } from './envelope.ts';
import { mergeOutcomes, outcomeTable } from './merge-outcomes.ts';
import type { OwnBody } from './own-command.ts';
import type { StepOutcome } from './workflow.ts';

/** The outcomes of all tools as one: every finding once and ranked, every gap named. */
export function mergeCheck(
  outcomes: readonly StepOutcome<RunResult>[],
  run: {
    budgetMs: number;
    failOn: Severity;
    previous: Report | undefined;
    /** Tools that a check leaves alone. */
    notPart: Coverage['notChecked'];
    interrupted: boolean;
  },
): OwnBody {
  const { rows, states, reports, ...merged } = mergeOutcomes(outcomes, run);
  const data: CheckData = {
    budgetMs: run.budgetMs,
    states,
    previousRunAt: run.previous?.startedAt ?? null,
    tools: rows.map(({ name, ...row }) => ({ tool: name, ...row })),
  };
  const sections: Block[] = [
    outcomeTable('Tools', 'tool', rows),
    ...reports.flatMap((report) => report.sections),
  ];
  return { ...merged, sections, data };
}
