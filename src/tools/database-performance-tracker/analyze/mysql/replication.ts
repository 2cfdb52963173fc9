import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { formatDuration } from '../../../../core/duration.ts';
import type { MysqlReplica } from '../../../_shared/database/mysql/replication.ts';
import { databaseSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { liveCheck } from '../finding.ts';
import { whereKnown } from '../look.ts';
import { type MysqlLook, mysqlFinding } from './look.ts';

export function assessMysqlReplication(look: MysqlLook): Assessment {
  const rule = RULES.replicationLag;
  return whereKnown(look, [rule], look.end.replication, (replicas) => {
    const subject = databaseSubject(look.target);
    const assessment: Assessment = { ...emptyAssessment(), checked: [{ subject, rule }] };
    const behind = replicas.filter((one) => isBehind(one, look)).toSorted((a, b) => lagOf(b) - lagOf(a));
    const [worst] = behind;
    if (worst === undefined) return assessment;
    const isStopped = !worst.applying || !worst.receiving;
    assessment.findings.push(
      mysqlFinding(rule, subject, {
        title: isStopped
          ? `Replication from ${worst.source} has stopped`
          : `This replica is ${formatDuration(lagOf(worst))} behind ${worst.source}`,
        severity: isStopped ? 'critical' : 'high',
        confidence: 'proven',
        evidence: [
          { label: 'behind', value: worst.lagSeconds === null ? 'not known' : formatDuration(lagOf(worst)) },
          { label: 'receives', value: worst.receiving ? 'yes' : 'no' },
          { label: 'applies', value: worst.applying ? 'yes' : 'no' },
          ...(worst.lastError === null ? [] : [{ label: 'last error', value: '', sample: worst.lastError }]),
          ...(worst.channel === '' ? [] : [{ label: 'channel', value: worst.channel }]),
        ],
        impact: {
          summary:
            'Whoever reads from here sees what was true then; a failover would lose or wait for the rest.',
          basis: 'measured',
        },
        fix: 'See whether its disk, a long statement, or a table without a primary key holds it up.',
        steps: isStopped
          ? ['Mend what the last error names, then start it again; skipping events makes the replica differ.']
          : [
              'Row-based changes of a table without a primary key read the whole table for every row.',
              'More than one applier helps: replica_parallel_workers (MySQL), slave_parallel_threads (MariaDB).',
            ],
        check: liveCheck(look.target),
      }),
    );
    return assessment;
  });
}

function lagOf({ lagSeconds }: MysqlReplica): number {
  return (lagSeconds ?? 0) * 1_000;
}

/** A stopped one has no lag to tell, and is the worst of all. */
function isBehind(one: MysqlReplica, { options }: MysqlLook): boolean {
  return !one.applying || !one.receiving || lagOf(one) >= options.replication.lag;
}
