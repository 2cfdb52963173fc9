import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import { RULES } from '../rules.ts';
import { notRead } from './coverage.ts';
import type { LiveFacts } from './facts.ts';
import { liveCheck, trackerFinding } from './finding.ts';

/** None in a shorter time says nothing: a deadlock a minute is a bad day. */
const MIN_QUIET_MS = 60_000;

/** How far the counter of deadlocks moved in the last minutes. */
export function assessDeadlocks({ target, deadlocks }: LiveFacts): Assessment {
  const rule = RULES.deadlocks;
  const subject = databaseSubject(target);
  if (!deadlocks.known) return { ...emptyAssessment(), notChecked: [notRead(deadlocks, subject, [rule])] };
  const { count, overMs } = deadlocks.value;
  if (count === 0) {
    return overMs < MIN_QUIET_MS
      ? { ...emptyAssessment(), notChecked: [notRead(TOO_SHORT, subject, [rule])] }
      : { ...emptyAssessment(), checked: [{ subject, rule }] };
  }
  return {
    findings: [
      trackerFinding(rule, subject, {
        title: 'Transactions ended in deadlocks',
        confidence: 'proven',
        evidence: [
          { label: 'deadlocks', value: count },
          { label: 'in the last', value: formatDuration(overMs) },
        ],
        impact: {
          summary: `${counted(count, 'transaction')} failed with an error, after all of the circle had waited for deadlock_timeout.`,
          basis: 'measured',
          value: count,
          unit: 'transactions',
        },
        steps: [
          'The log of the server has both statements: look for "deadlock detected" and its DETAIL.',
          'Lock rows in one order everywhere; retry transactions that fail with SQLSTATE 40P01.',
        ],
        check: liveCheck(target),
      }),
    ],
    checked: [{ subject, rule }],
    notChecked: [],
  };
}

const TOO_SHORT = {
  reason: 'deadlocks were counted for less than a minute',
  hint: 'Let `rearguard serve` or `rearguard db watch` run; then the last minutes are looked at.',
};
