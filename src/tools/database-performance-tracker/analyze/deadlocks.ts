import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import { RULES } from '../rules.ts';
import { notRead } from './coverage.ts';
import type { Evidence } from '../../../core/finding.ts';
import type { LoggedDeadlock } from '../../_shared/database/postgres-log/summary.ts';
import { clock } from './clock.ts';
import type { LiveFacts } from './facts.ts';
import { liveCheck, trackerFinding } from './finding.ts';

/** None in a shorter time says nothing: a deadlock a minute is a bad day. */
const MIN_QUIET_MS = 60_000;

/** The newest ones that are shown whole. */
const SHOWN = 2;

/** How far the counter of deadlocks moved in the last minutes; `logged`: those of them that the log of the server has. */
export function assessDeadlocks(
  { target, deadlocks }: LiveFacts,
  logged: readonly LoggedDeadlock[] = [],
): Assessment {
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
          ...logEvidence(logged),
        ],
        impact: {
          summary: `${counted(count, 'transaction')} failed with an error, after all of the circle had waited for deadlock_timeout.`,
          basis: 'measured',
          value: count,
          unit: 'transactions',
        },
        steps: [
          ...(logged.length > 0
            ? []
            : [
                'The log of the server has both statements ("deadlock detected" and its DETAIL); with `logs` in the target they stand here.',
              ]),
          `${logged.length > 0 ? 'Let the statements above take their rows in the same order' : 'Lock rows in one order everywhere'}; retry transactions that fail with SQLSTATE 40P01.`,
        ],
        check: liveCheck(target),
      }),
    ],
    checked: [{ subject, rule }],
    notChecked: [],
  };
}

/** Who they were, and what each of them did, which only the log has. */
function logEvidence(logged: readonly LoggedDeadlock[]): Evidence[] {
  const names = logged.flatMap(({ participants }) => participants.map(({ application }) => application));
  const applications = [...new Set(names.filter((name) => name !== null))];
  return [
    ...(applications.length === 0
      ? []
      : [{ label: 'applications', value: applications.length, sample: applications.join(', ') }]),
    ...logged
      .slice(-SHOWN)
      .toReversed()
      .flatMap(({ atMs, participants }) =>
        participants.map((side) => ({
          label: 'deadlock',
          value: atMs === null ? 'in the log' : clock(atMs),
          sample: sideOf(side),
        })),
      ),
  ];
}

function sideOf({
  processId,
  application,
  waitsFor,
  blockedBy,
  statement,
}: LoggedDeadlock['participants'][number]): string {
  const who = application === null ? `process ${processId}` : `${application} (process ${processId})`;
  return `${who} waits for ${waitsFor}, held by process ${blockedBy}: ${statement ?? 'statement not known'}`;
}

const TOO_SHORT = {
  reason: 'deadlocks were counted for less than a minute',
  hint: 'Let `rearguard serve` or `rearguard db watch` run; then the last minutes are looked at.',
};
