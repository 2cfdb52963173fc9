import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { Evidence, Rule } from '../../../core/finding.ts';
import type { Severity } from '../../../core/severity.ts';
import type { Backend } from '../../_shared/database/postgres/activity.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { TrackerOptions } from '../options.ts';
import { RULES } from '../rules.ts';
import { notRead } from './coverage.ts';
import type { LiveFacts } from './facts.ts';
import { liveCheck, trackerFinding } from './finding.ts';
import { nodeOf } from './lock-forest.ts';
import {
  cancelStatement,
  foreignSessions,
  isIdleInTransaction,
  nameOf,
  terminateStatement,
} from './sessions.ts';

/** A logical dump reads everything in one transaction, and means to. */
const DUMP = 'pg_dump';

/** Sessions that sit in a transaction, and transactions that go on for long: each with what it holds up. */
export function assessTransactions(facts: LiveFacts, options: TrackerOptions): Assessment {
  const subject = databaseSubject(facts.target);
  const rules = [RULES.idleInTransaction, RULES.longTransaction];
  const { activity } = facts;
  if (!activity.known) return { ...emptyAssessment(), notChecked: [notRead(activity, subject, rules)] };
  const sessions = foreignSessions(activity.value);
  const { transactions } = options;
  const idle = sessions
    .filter((session) => isIdleInTransaction(session) && (session.stateMs ?? 0) >= transactions.idle)
    .toSorted((a, b) => (b.stateMs ?? 0) - (a.stateMs ?? 0));
  const maintenance = maintenancePids(facts);
  const long = sessions
    .filter((session) => !isIdleInTransaction(session) && !maintenance.has(session.pid))
    .filter(({ transactionMs }) => (transactionMs ?? 0) >= transactions.long)
    .toSorted((a, b) => (b.transactionMs ?? 0) - (a.transactionMs ?? 0));
  return {
    findings: [
      ...transactionFinding(RULES.idleInTransaction, idle, facts, options),
      ...transactionFinding(RULES.longTransaction, long, facts, options),
    ],
    checked: rules.map((rule) => ({ subject, rule })),
    notChecked: [],
  };
}

/** VACUUM, CREATE INDEX and their like take the time they take. */
function maintenancePids({ progress }: LiveFacts): ReadonlySet<number> {
  if (!progress.known) return new Set();
  return new Set(progress.value.filter(({ command }) => command !== 'copy').map(({ pid }) => pid));
}

/** One finding for all such sessions of a database; the one that does most harm stands for them. */
function transactionFinding(
  rule: Rule,
  sessions: readonly Backend[],
  facts: LiveFacts,
  options: TrackerOptions,
): ReturnType<typeof trackerFinding>[] {
  const [worst] = sessions.toSorted((a, b) => victimsBehind(b, facts) - victimsBehind(a, facts));
  if (worst === undefined) return [];
  const isIdle = rule === RULES.idleInTransaction;
  const victims = victimsBehind(worst, facts);
  const forMs = (isIdle ? worst.stateMs : worst.transactionMs) ?? 0;
  return [
    trackerFinding(rule, databaseSubject(facts.target), {
      title: isIdle
        ? `${nameOf(worst)} is idle in an open transaction`
        : `The transaction of ${nameOf(worst)} has been open for long`,
      severity: severityOf(rule, worst, victims, options),
      confidence: 'proven',
      evidence: [
        {
          label: isIdle ? 'idle for' : 'open for',
          value: formatDuration(forMs),
          ...(worst.text === null ? {} : { sample: worst.text }),
        },
        { label: 'transaction open for', value: formatDuration(worst.transactionMs ?? forMs) },
        ...heldUp(worst, victims),
        ...(sessions.length > 1 ? [{ label: 'such sessions', value: sessions.length }] : []),
      ],
      impact: {
        summary: impactOf(worst, victims),
        basis: 'measured',
        ...(victims > 0 ? { value: victims, unit: 'sessions' } : {}),
      },
      steps: isIdle
        ? [
            'Look in the application for what happens between this statement and the commit: a call to another service, a person, a forgotten commit on an error path.',
            `To end it now: \`${terminateStatement(worst.pid, facts.dialect)}\` What it did and never committed is lost.`,
            `As a safety net: ALTER ROLE ${JSON.stringify(worst.user ?? 'app')} SET idle_in_transaction_session_timeout = '1min';`,
          ]
        : [
            'See whether the work can be done in parts, or on a replica.',
            `To end it now: \`${cancelStatement(worst.pid, facts.dialect)}\` What it did so far is lost.`,
          ],
      patch: isIdle
        ? terminateStatement(worst.pid, facts.dialect)
        : cancelStatement(worst.pid, facts.dialect),
      check: liveCheck(facts.target),
    }),
  ];
}

function victimsBehind({ pid }: Backend, { forest }: LiveFacts): number {
  return forest.known ? (nodeOf(forest.value, pid)?.victimCount ?? 0) : 0;
}

function severityOf(
  rule: Rule,
  { application, xminAge, xidAge }: Backend,
  victims: number,
  { transactions }: TrackerOptions,
): Severity {
  if (victims > 0) return 'high';
  if (rule === RULES.idleInTransaction) return 'medium';
  if (application === DUMP) return 'info';
  return Math.max(xminAge ?? 0, xidAge ?? 0) >= transactions.xminAge ? 'medium' : 'low';
}

function heldUp({ xminAge, xidAge }: Backend, victims: number): Evidence[] {
  return [
    { label: 'sessions that wait for it', value: victims },
    ...(xminAge === null ? [] : [{ label: 'transactions that vacuum must keep', value: xminAge }]),
    { label: 'has written', value: xidAge === null ? 'no' : 'yes' },
  ];
}

function impactOf({ xminAge, xidAge }: Backend, victims: number): string {
  if (victims > 0) return `${counted(victims, 'session waits', 'sessions wait')} for its locks.`;
  if (xminAge !== null) return 'Vacuum cannot remove rows that died since it began.';
  return xidAge === null
    ? 'It keeps its locks on the tables it read: an ALTER TABLE would wait for it, and everybody behind that.'
    : 'It keeps its locks on the rows it wrote.';
}
