import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { formatDuration } from '../../../../core/duration.ts';
import type { Evidence } from '../../../../core/finding.ts';
import type { MysqlSession, MysqlTransaction } from '../../../_shared/database/mysql/activity.ts';
import { databaseSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { liveCheck } from '../finding.ts';
import { whereKnown } from '../look.ts';
import { clientOf } from './connections.ts';
import { type MysqlLook, mysqlFinding } from './look.ts';

interface Open extends MysqlSession {
  transaction: MysqlTransaction;
}

/** Transactions that sleep, and those that work for too long; one finding of a kind, about the oldest. */
export function assessMysqlTransactions(look: MysqlLook): Assessment {
  const { target, end, options } = look;
  const rules = [RULES.idleInTransaction, RULES.longTransaction];
  return whereKnown(look, rules, end.activity, (sessions) => {
    const subject = databaseSubject(target);
    const open = sessions.filter((one): one is Open => one.transaction !== null && !one.own);
    const idle = open.filter(
      ({ command, commandMs }) => command === 'Sleep' && commandMs >= options.transactions.idle,
    );
    const long = open.filter(
      ({ command, transaction }) => command !== 'Sleep' && transaction.ageMs >= options.transactions.long,
    );
    return {
      ...emptyAssessment(),
      checked: rules.map((rule) => ({ subject, rule })),
      findings: [
        ...oldest(idle).map((one) =>
          mysqlFinding(RULES.idleInTransaction, subject, {
            title: `${clientOf(one)} (connection ${one.id}) sits in an open transaction`,
            severity: isBlocking(look, one) || one.transaction.rowsLocked > 0 ? 'high' : 'medium',
            confidence: 'proven',
            evidence: evidenceOf(one, idle.length),
            impact: {
              summary:
                'It keeps what it locked, and no old version of a row that it might still see can be purged.',
              basis: 'measured',
            },
            fix: 'Commit or roll back before anything slow; in MariaDB idle_transaction_timeout is a safety net.',
            steps: [
              'Its transaction is rolled back when the connection is ended; what it did and never committed is lost.',
            ],
            patch: `KILL ${one.id};`,
            check: liveCheck(target),
          }),
        ),
        ...oldest(long).map((one) =>
          mysqlFinding(RULES.longTransaction, subject, {
            title: `${clientOf(one)} (connection ${one.id}) has had a transaction open for a long time`,
            confidence: 'proven',
            evidence: evidenceOf(one, long.length),
            impact: {
              summary:
                'Rows that it locked stay locked, and the history list grows: every read of changed rows gets slower.',
              basis: 'measured',
            },
            fix: 'Split the work into smaller transactions; run long reports on a replica.',
            steps: [
              'KILL QUERY ends the statement alone; the transaction stays open until its client ends it.',
            ],
            patch: `KILL QUERY ${one.id};`,
            check: liveCheck(target),
          }),
        ),
      ],
    };
  });
}

function oldest(sessions: readonly Open[]): Open[] {
  return sessions.toSorted((a, b) => b.transaction.ageMs - a.transaction.ageMs).slice(0, 1);
}

function isBlocking({ end }: MysqlLook, { id }: MysqlSession): boolean {
  return end.locks.known && end.locks.value.waits.some(({ blockingId }) => blockingId === id);
}

function evidenceOf({ transaction, commandMs, command, text }: Open, count: number): Evidence[] {
  return [
    { label: 'transaction open for', value: formatDuration(transaction.ageMs) },
    { label: command === 'Sleep' ? 'asleep for' : 'in its statement for', value: formatDuration(commandMs) },
    { label: 'rows locked', value: transaction.rowsLocked },
    { label: 'rows changed', value: transaction.rowsModified },
    ...(text === null ? [] : [{ label: 'statement', value: '', sample: text }]),
    ...(count > 1 ? [{ label: 'others like it', value: count - 1 }] : []),
  ];
}
