import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { formatDuration } from '../../../core/duration.ts';
import { percent } from '../../../core/rounding.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import type { TrackerOptions } from '../options.ts';
import { RULES } from '../rules.ts';
import { notRead } from './coverage.ts';
import type { LiveFacts } from './facts.ts';
import { liveCheck, trackerFinding } from './finding.ts';
import { CPU, waitLabel, type WaitProfile, type WaitShare } from './wait-profile.ts';

const MIN_SAMPLES = 10;
/** A look of some seconds may have met a single burst. */
const LONG_ENOUGH_MS = 60_000;

/** Waits that are no trouble: sleeping on purpose, waiting for the client, and what other rules judge. */
const HARMLESS_TYPES: ReadonlySet<string> = new Set([
  CPU,
  'Activity',
  'Client',
  'Timeout',
  'Extension',
  'Lock',
]);
/** Most waits between processes are a query waiting for its own workers. These are not. */
const CONTENDED_IPC: ReadonlySet<string> = new Set([
  'SyncRep',
  'ProcArrayGroupUpdate',
  'ProcarrayGroupUpdate',
  'XactGroupUpdate',
  'SafeSnapshot',
]);

/** One wait that most of the active time goes into. */
export function assessWaits(
  { target, activity, waits: profile }: LiveFacts,
  { waits }: TrackerOptions,
): Assessment {
  const rule = RULES.waits;
  const subject = databaseSubject(target);
  if (!activity.known) return { ...emptyAssessment(), notChecked: [notRead(activity, subject, [rule])] };
  if (profile === null || profile.samples < MIN_SAMPLES) {
    const reason = `active sessions were sampled ${profile?.samples ?? 0} times, fewer than ${MIN_SAMPLES}`;
    return { ...emptyAssessment(), notChecked: [notRead({ reason }, subject, [rule])] };
  }
  const assessment: Assessment = { ...emptyAssessment(), checked: [{ subject, rule }] };
  const top = profile.waits.find(isTrouble);
  if (top === undefined || top.share < waits.share || top.average < waits.sessions) return assessment;
  const isLong = profile.overMs >= LONG_ENOUGH_MS;
  assessment.findings.push(
    trackerFinding(rule, subject, {
      title: `Active sessions mostly wait for ${waitLabel(top)}`,
      severity: isLong ? 'medium' : 'low',
      confidence: isLong ? 'likely' : 'possible',
      evidence: evidenceOf(top, profile),
      impact: {
        summary: `${percent(top.share)} % of the time of active sessions is this wait.`,
        basis: 'measured',
        value: percent(top.share),
        unit: '%',
      },
      steps: [adviceFor(top)],
      check: liveCheck(target),
    }),
  );
  return assessment;
}

function isTrouble({ type, event }: WaitShare): boolean {
  if (type === 'IPC') return CONTENDED_IPC.has(event ?? '');
  return !HARMLESS_TYPES.has(type);
}

function evidenceOf(top: WaitShare, { samples, overMs, averageActive, waits }: WaitProfile) {
  return [
    { label: 'sessions in it on average', value: Number(top.average.toPrecision(3)) },
    { label: 'active sessions on average', value: Number(averageActive.toPrecision(3)) },
    { label: 'samples', value: samples },
    { label: 'over', value: formatDuration(overMs) },
    ...waits
      .filter((wait) => wait !== top)
      .slice(0, 2)
      .map((wait) => ({ label: `beside it, ${waitLabel(wait)}`, value: percent(wait.share), unit: '%' })),
  ];
}

function adviceFor({ type, event }: WaitShare): string {
  const name = event ?? '';
  if (/WAL/.test(name)) {
    return 'Commits wait for the write-ahead log: group small transactions into larger ones, and look at the disk that it is on.';
  }
  if (type === 'IO') {
    return 'Sessions wait for the disk: see which tables miss the cache (`rearguard db analyze`), and which statements read most.';
  }
  if (/buffer|Buffer/.test(name)) {
    return 'Sessions want the same page or the same part of the cache: look for one hot row or index, and for scans of large tables.';
  }
  if (name === 'SyncRep') {
    return 'Commits wait for a synchronous standby: look at its lag, or relax synchronous_commit where loss is acceptable.';
  }
  if (/LockManager|lock_manager/.test(name)) {
    return 'Too many locks a statement (many partitions or indexes) for the fast path: touch fewer partitions a query.';
  }
  return 'Look up this wait in the documentation of the server (pg_wait_events), and which statements are in it.';
}
