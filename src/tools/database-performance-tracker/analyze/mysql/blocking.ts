import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { counted } from '../../../../core/counted.ts';
import { formatDuration } from '../../../../core/duration.ts';
import type { MysqlLockWait, MysqlSession } from '../../../_shared/database/mysql/activity.ts';
import { known, type Reading } from '../../../_shared/database/reading.ts';
import { databaseSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { liveCheck } from '../finding.ts';
import { together, whereKnown } from '../look.ts';
import { clientOf } from './connections.ts';
import { type MysqlLook, mysqlFinding } from './look.ts';

/** Somebody who waits for nobody, and all who wait because of him. */
export interface MysqlChain {
  root: MysqlSession;
  /** Longest wait first. */
  victims: readonly { session: MysqlSession; wait: MysqlLockWait; waitingMs: number }[];
}

const METADATA_STATE = /metadata lock/i;

/** Chains by their roots, the one with most victims first. Circles have no root: InnoDB ends them itself. */
export function mysqlChains(end: MysqlLook['end']): Reading<readonly MysqlChain[]> {
  const both = together(end.activity, end.locks);
  if (!both.known) return both;
  const [sessions, { waits }] = both.value;
  const byId = new Map(sessions.map((session) => [session.id, session]));
  const waiting = new Set(waits.map(({ waitingId }) => waitingId));
  const roots = [...new Set(waits.map(({ blockingId }) => blockingId))].filter((id) => !waiting.has(id));
  const chains = roots.flatMap((id) => {
    const root = byId.get(id);
    if (root === undefined) return [];
    const victims = victimsOf(id, waits).flatMap((wait) => {
      const session = byId.get(wait.waitingId);
      return session === undefined ? [] : [{ session, wait, waitingMs: waitOf(session) }];
    });
    return [{ root, victims: victims.toSorted((a, b) => b.waitingMs - a.waitingMs) }];
  });
  return known(chains.toSorted((a, b) => b.victims.length - a.victims.length || a.root.id - b.root.id));
}

/** All below a session, each once, however many it waits for. */
function victimsOf(root: number, waits: readonly MysqlLockWait[]): MysqlLockWait[] {
  const seen = new Set([root]);
  const found: MysqlLockWait[] = [];
  for (let queue = [root]; queue.length > 0;) {
    const next = waits.filter(
      ({ blockingId, waitingId }) => queue.includes(blockingId) && !seen.has(waitingId),
    );
    const fresh = next.filter(
      ({ waitingId }, index) => next.findIndex((other) => other.waitingId === waitingId) === index,
    );
    for (const { waitingId } of fresh) seen.add(waitingId);
    found.push(...fresh);
    queue = fresh.map(({ waitingId }) => waitingId);
  }
  return found;
}

function waitOf({ transaction, commandMs }: MysqlSession): number {
  return transaction?.waitingMs ?? commandMs;
}

export function assessMysqlBlocking(look: MysqlLook): Assessment {
  const { target, end, options } = look;
  const rule = RULES.blockingChain;
  return whereKnown(look, [rule], mysqlChains(end), (chains) => {
    const subject = databaseSubject(target);
    const assessment: Assessment = { ...emptyAssessment(), checked: [{ subject, rule }] };
    const felt = chains.filter(({ victims }) => (victims[0]?.waitingMs ?? 0) >= options.blocking.wait);
    const [chain] = felt;
    if (chain === undefined) return withoutHolder(assessment, look);
    const { root, victims } = chain;
    const isIdle = root.command === 'Sleep';
    const first = victims[0] as MysqlChain['victims'][number];
    assessment.findings.push(
      mysqlFinding(rule, subject, {
        title: `${clientOf(root)} (connection ${root.id}) holds up ${counted(victims.length, 'other connection')}`,
        severity: victims.length >= options.blocking.criticalVictims ? 'critical' : 'high',
        confidence: 'proven',
        evidence: [
          {
            label: 'root',
            value: `connection ${root.id}, ${isIdle ? 'asleep in its transaction' : root.command}`,
            ...(root.text === null ? {} : { sample: root.text }),
          },
          ...(root.transaction === null
            ? []
            : [{ label: 'transaction open for', value: formatDuration(root.transaction.ageMs) }]),
          { label: 'connections that wait', value: victims.length },
          { label: 'longest wait', value: formatDuration(first.waitingMs) },
          {
            label: 'lock waited for',
            value: [first.wait.wantedMode, first.wait.table === null ? '' : `on ${first.wait.table}`]
              .join(' ')
              .trim(),
            ...(first.session.text === null ? {} : { sample: first.session.text }),
          },
          ...(felt.length > 1 ? [{ label: 'other chains', value: felt.length - 1 }] : []),
        ],
        impact: {
          summary: `${counted(victims.length, 'connection')} can do nothing until it ends, or innodb_lock_wait_timeout ends them.`,
          basis: 'measured',
          value: victims.length,
          unit: 'connections',
        },
        fix: 'End the root, not the victims; keep transactions short, and give migrations a lock_wait_timeout.',
        steps: isIdle
          ? [
              'It is asleep: KILL QUERY would do nothing. Lost is what its transaction did and never committed.',
            ]
          : [`First try \`KILL QUERY ${root.id};\`, which ends its statement and keeps the connection.`],
        patch: `KILL ${root.id};`,
        check: liveCheck(target),
      }),
    );
    return assessment;
  });
}

/** Those who wait for a metadata lock show; who holds it, only with its instrument on. */
function withoutHolder(assessment: Assessment, { target, end, options }: MysqlLook): Assessment {
  if (!end.activity.known || (end.locks.known && end.locks.value.metadata)) return assessment;
  const waiting = end.activity.value.filter(
    ({ state, commandMs }) => METADATA_STATE.test(state ?? '') && commandMs >= options.blocking.wait,
  );
  const [first] = waiting.toSorted((a, b) => b.commandMs - a.commandMs);
  if (first === undefined) return assessment;
  const suspects = end.activity.value
    .filter(({ command, transaction, own }) => command === 'Sleep' && transaction !== null && !own)
    .toSorted((a, b) => (b.transaction?.ageMs ?? 0) - (a.transaction?.ageMs ?? 0));
  assessment.findings.push(
    mysqlFinding(RULES.blockingChain, databaseSubject(target), {
      title: `${counted(waiting.length, 'connection')} cannot get at a table that is locked`,
      severity: waiting.length >= options.blocking.criticalVictims ? 'critical' : 'high',
      confidence: 'likely',
      evidence: [
        { label: 'connections that wait', value: waiting.length },
        {
          label: 'longest wait',
          value: formatDuration(first.commandMs),
          ...(first.text === null ? {} : { sample: first.text }),
        },
        ...suspects.slice(0, 1).map((one) => ({
          label: 'oldest sleeping transaction',
          value: `${clientOf(one)} (connection ${one.id}), open for ${formatDuration(one.transaction?.ageMs ?? 0)}`,
        })),
      ],
      fix: 'End the transaction that holds the table; give migrations a lock_wait_timeout.',
      steps: [
        'Whoever holds it is not shown, because the instrument of metadata locks is off. On until the next restart:',
        "`UPDATE performance_schema.setup_instruments SET ENABLED = 'YES' WHERE NAME = 'wait/lock/metadata/sql/mdl';`",
        'It is most often the oldest sleeping transaction; all that come after the one that changes the table queue behind it.',
      ],
      check: liveCheck(target),
    }),
  );
  return assessment;
}
