import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import { RULES } from '../rules.ts';
import { notRead } from './coverage.ts';
import type { LiveFacts } from './facts.ts';
import { liveCheck, trackerFinding } from './finding.ts';

/** None in a shorter window says nothing: a deadlock a minute is a bad day. */
const MIN_QUIET_MS = 60_000;

/** How far the counter of deadlocks moved since the earlier look. */
export function assessDeadlocks({ target, server, atMs, databases, earlier }: LiveFacts): Assessment {
  const rule = RULES.deadlocks;
  const subject = databaseSubject(target);
  const notChecked = (unknown: { reason: string; hint?: string }): Assessment => ({
    ...emptyAssessment(),
    notChecked: [notRead(unknown, subject, [rule])],
  });
  if (!databases.known) return notChecked(databases);
  const now = databases.value.find(({ name }) => name === server.database);
  const before = earlier?.databases.find(({ name }) => name === server.database);
  if (now === undefined || before === undefined || earlier === null) return notChecked(TOO_SHORT);
  const isReset = now.resetAtMs !== before.resetAtMs || now.deadlocks < before.deadlocks;
  const deadlocks = isReset ? now.deadlocks : now.deadlocks - before.deadlocks;
  const windowMs = atMs - earlier.atMs;
  if (deadlocks === 0) {
    return windowMs < MIN_QUIET_MS
      ? notChecked(TOO_SHORT)
      : { ...emptyAssessment(), checked: [{ subject, rule }] };
  }
  return {
    findings: [
      trackerFinding(rule, subject, {
        title: 'Transactions ended in deadlocks',
        confidence: 'proven',
        evidence: [
          { label: 'deadlocks', value: deadlocks },
          { label: 'in the last', value: formatDuration(windowMs) },
        ],
        impact: {
          summary: `${counted(deadlocks, 'transaction')} failed with an error, after all of the circle had waited for deadlock_timeout.`,
          basis: 'measured',
          value: deadlocks,
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
  hint: 'Let `rearguard serve` or `rearguard db watch` run; then the last hour is looked at.',
};
