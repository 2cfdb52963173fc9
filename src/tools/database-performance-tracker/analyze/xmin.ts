import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { XminHolder } from '../../_shared/database/postgres/wraparound.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { TrackerOptions } from '../options.ts';
import { RULES } from '../rules.ts';
import { notRead } from './coverage.ts';
import type { LiveFacts } from './facts.ts';
import { liveCheck, trackerFinding } from './finding.ts';

/** A horizon this many times further back than the threshold is urgent: tables grow by what cannot be removed. */
const URGENT_FACTOR = 10;

/** The horizon of vacuum, and who holds it. */
export function assessXmin({ target, xminHolders }: LiveFacts, { transactions }: TrackerOptions): Assessment {
  const rule = RULES.xminHeld;
  const subject = databaseSubject(target);
  if (!xminHolders.known)
    return { ...emptyAssessment(), notChecked: [notRead(xminHolders, subject, [rule])] };
  const assessment: Assessment = { ...emptyAssessment(), checked: [{ subject, rule }] };
  const holders = xminHolders.value
    .filter(({ catalogOnly }) => !catalogOnly)
    .filter((holder) => holdsLong(holder, transactions))
    .toSorted((a, b) => b.xminAge - a.xminAge);
  const [worst] = holders;
  if (worst === undefined) return assessment;
  const { statement, step } = releaseOf(worst);
  assessment.findings.push(
    trackerFinding(rule, subject, {
      title: `${titleOf(worst)} keeps vacuum from removing dead rows`,
      severity: worst.xminAge >= URGENT_FACTOR * transactions.xminAge ? 'high' : 'medium',
      confidence: 'proven',
      evidence: [
        { label: 'held by', value: `${WORDS[worst.kind]} ${worst.name}` },
        { label: 'transactions since', value: worst.xminAge },
        ...(worst.ageMs === null ? [] : [{ label: 'for', value: formatDuration(worst.ageMs) }]),
        ...(worst.application === null || worst.application === ''
          ? []
          : [{ label: 'application', value: worst.application }]),
        ...(holders.length > 1 ? [{ label: 'further holders behind it', value: holders.length - 1 }] : []),
      ],
      impact: {
        summary: 'Rows that were updated or deleted since cannot be removed: tables and indexes grow.',
        basis: 'measured',
        value: worst.xminAge,
        unit: 'transactions',
      },
      steps: [step],
      patch: statement,
      check: liveCheck(target),
    }),
  );
  return assessment;
}

const WORDS: Readonly<Record<XminHolder['kind'], string>> = {
  session: 'session',
  'prepared-transaction': 'prepared transaction',
  'replication-slot': 'replication slot',
  standby: 'standby',
};

/**
 * A busy server gives out a million transaction ids in minutes, so a session must also be old; a prepared transaction
 * that old was forgotten, however little happened since.
 */
function holdsLong(
  { kind, xminAge, ageMs }: XminHolder,
  { xminAge: limit, long }: TrackerOptions['transactions'],
): boolean {
  if (kind === 'prepared-transaction' && ageMs !== null) return ageMs >= long;
  return xminAge >= limit && (ageMs === null || ageMs >= long);
}

function titleOf({ kind, name, application }: XminHolder): string {
  if (kind === 'session') return `Session ${name} of ${application || 'an unnamed application'}`;
  return `The ${WORDS[kind]} ${name}`;
}

function releaseOf({ kind, name, pid, state }: XminHolder): { statement: string | null; step: string } {
  const quoted = `'${name.replaceAll("'", "''")}'`;
  if (kind === 'session') {
    const call = state === 'active' ? 'pg_cancel_backend' : 'pg_terminate_backend';
    const statement = `SELECT ${call}(${pid});`;
    return { statement, step: `End its transaction: \`${statement}\` What it did so far is lost.` };
  }
  if (kind === 'prepared-transaction') {
    const statement = `ROLLBACK PREPARED ${quoted};`;
    return {
      statement,
      step: `Ask its coordinator; when nobody will finish it: \`${statement}\` in its database, as its owner.`,
    };
  }
  if (kind === 'replication-slot') {
    const statement = `SELECT pg_drop_replication_slot(${quoted});`;
    return {
      statement,
      step: `Bring its consumer back, or, when it is gone for good: \`${statement}\` The consumer must then be built anew.`,
    };
  }
  return {
    statement: null,
    step: 'End the long query on the standby, or switch hot_standby_feedback off there: its queries may then be cancelled.',
  };
}
