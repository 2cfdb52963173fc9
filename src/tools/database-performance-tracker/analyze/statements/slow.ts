import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { counted } from '../../../../core/counted.ts';
import { formatDuration } from '../../../../core/duration.ts';
import type { Evidence, Finding, FindingDraft, Subject } from '../../../../core/finding.ts';
import { ms, percent } from '../../../../core/rounding.ts';
import type { Severity } from '../../../../core/severity.ts';
import type {
  StatementCounters,
  StatementDelta,
  StatementWindow,
} from '../../../_shared/database/statements.ts';
import { RULES } from '../../rules.ts';
import { trackerFinding } from '../finding.ts';
import { analyzeCheck, type Look, WATCH_MS, whereKnown } from '../look.ts';
import { type LoggedQuantile, loggedP95 } from '../server-log.ts';
import { type LockTime, lockTimeOf } from './lock-time.ts';
import { describeOrigins, isUtility, nameOfText, type StatementName, statementSubject } from './names.ts';
import { expectedCalls } from './quiet.ts';

const HIGH_MEAN_MS = 500;
const HIGH_SHARE = 0.25;
/** Below this, a statement that was not called in the window may only have waited for its turn. */
const ENOUGH_EXPECTED = 5;
/** By its rate in the window that found it; its life may have been quieter. */
const EXPECTED_OF_CHECK = 2 * ENOUGH_EXPECTED;
const LONGEST_CHECK_MS = 60_000;

const RULE = RULES.slowStatement;

export function assessSlowStatements(look: Look): Assessment {
  return whereKnown(look, [RULE], look.statements, (window) => {
    const assessment = emptyAssessment();
    for (const delta of window.statements) {
      const name = look.names.get(delta.key) ?? nameOfText(delta.text, delta.queryId);
      const subject = statementSubject(look.target, name);
      assessment.checked.push({ subject, rule: RULE });
      const share = shareOf(delta, window);
      const life = lifeOf(look, delta.key);
      if (!isSlow(delta, life, share, look)) continue;
      const lockTime = lockTimeOf(delta, look.queryWaits.get(delta.queryId));
      // Whom it waits for is the finding of another rule: blocking-chain.
      if (lockTime.kind === 'waits' && withoutLocks(delta, lockTime.share) < look.options.statements.slow)
        continue;
      const isUnclear = lockTime.kind === 'unclear';
      assessment.findings.push(
        trackerFinding(RULE, subject, {
          title: `${name.label} takes ${formatDuration(delta.meanMs ?? 0)} on average`,
          severity: severityOf(lockTime, delta, share),
          confidence: isUnclear
            ? 'possible'
            : delta.exactness === 'exact' && delta.calls >= 5
              ? 'proven'
              : 'likely',
          evidence: [
            ...evidenceOf(delta, life, share, window, name, loggedP95(look.log, name.key, delta.calls)),
            ...lockEvidence(lockTime),
          ],
          impact: {
            summary: `${percent(share)} % of the time that all statements took in the window.`,
            basis: 'measured',
            value: percent(share),
            unit: '%',
          },
          steps: [...(isUnclear ? [UNCLEAR_STEP] : []), ...stepsOf(delta)],
          check: checkOf(look.target, subject, delta, window),
        }),
      );
    }
    assessment.checked.push(...silentOnes(look, window));
    return assessment;
  });
}

/** Watches long enough that its silence would say something: one that was taken out of the program is not slow any more. */
function checkOf(
  target: string,
  subject: Subject,
  { calls }: StatementDelta,
  { fromMs, toMs }: StatementWindow,
): FindingDraft['check'] {
  const check = analyzeCheck(target, RULE, subject);
  const neededMs = (EXPECTED_OF_CHECK * (toMs - fromMs)) / calls;
  if (neededMs <= WATCH_MS) return check;
  const seconds = Math.ceil(Math.min(neededMs, LONGEST_CHECK_MS) / 1_000);
  return { ...check, input: { ...check.input, duration: `${seconds}s` } };
}

/** What is not known of those that stand as slow and were not seen: nothing says that they are over. */
export function withSilentStatements(
  assessment: Assessment,
  target: string,
  known: readonly Pick<Finding, 'rule' | 'subject'>[],
): Assessment {
  const judged = new Set(
    assessment.checked.filter(({ rule }) => rule === RULE).map(({ subject }) => subject.name),
  );
  const isBlind = assessment.notChecked.some(({ rules }) => rules?.includes(RULE.id) === true);
  const silent = known.filter(
    ({ rule, subject }) =>
      rule === RULE.id && subject.name.startsWith(`${target} `) && !judged.has(subject.name) && !isBlind,
  );
  const doubts = silent.map(({ subject }) => ({
    subject,
    rules: [RULE.id],
    reason: 'it was not called while it was watched, and may only wait for its turn',
    hint: 'Let it run, or watch longer: `rearguard db analyze --now --duration 5m`.',
  }));
  return { ...assessment, notChecked: [...assessment.notChecked, ...doubts] };
}

/** Statements that were not called although calls were to be expected: they are not slow any more. */
function silentOnes(look: Look, window: StatementWindow): Assessment['checked'] {
  const { statements } = look.end.parts;
  if (!statements.known) return [];
  const called = new Set(window.statements.map(({ key }) => key));
  return statements.value.statements
    .filter((one) => !called.has(one.key))
    .filter((one) => expectedCalls(one, statements.value, window, look.end.server) >= ENOUGH_EXPECTED)
    .map((one) => ({
      subject: statementSubject(look.target, look.names.get(one.key) ?? nameOfText(one.text, one.queryId)),
      rule: RULE,
    }));
}

/** Counters of the entry since it was made, which a short window can lean on; null where it is gone. */
function lifeOf({ end }: Look, key: string): StatementCounters | null {
  const { statements } = end.parts;
  return statements.known ? (statements.value.statements.find((one) => one.key === key) ?? null) : null;
}

function shareOf({ totalMs }: StatementDelta, { coverage }: StatementWindow): number {
  return coverage.trackedMs > 0 ? Math.min(1, totalMs / coverage.trackedMs) : 0;
}

function isSlow(delta: StatementDelta, life: StatementCounters | null, share: number, look: Look): boolean {
  const { slow, slowShare, slowCalls } = look.options.statements;
  if (!delta.topLevel || isUtility(delta.text) || (delta.meanMs ?? 0) < slow || share < slowShare)
    return false;
  if (delta.calls >= slowCalls) return true;
  // A short look sees few calls of it; that it was as slow before makes up for that.
  return life !== null && life.calls >= slowCalls && life.totalMs / life.calls >= slow;
}

const UNCLEAR_STEP =
  'The few pages and rows it touches do not explain its time, and it takes row locks: it may only wait for another session. `rearguard db current-state`, while it is slow, shows for whom.';

/** Mean time of one call, less the part of its samples that waited for a lock. */
function withoutLocks({ meanMs }: StatementDelta, lockShare: number): number {
  return (meanMs ?? 0) * (1 - lockShare);
}

function severityOf(lockTime: LockTime, delta: StatementDelta, share: number): Severity {
  if (lockTime.kind === 'unclear') return 'medium';
  const lockShare = lockTime.kind === 'waits' ? lockTime.share : 0;
  const isHigh = withoutLocks(delta, lockShare) >= HIGH_MEAN_MS && share * (1 - lockShare) >= HIGH_SHARE;
  return isHigh ? 'high' : 'medium';
}

function lockEvidence(lockTime: LockTime): Evidence[] {
  if (lockTime.kind === 'works') return [];
  const label = 'waiting for locks';
  return lockTime.kind === 'unclear'
    ? [{ label, value: 'not seen: no session was met in it while sessions were looked at' }]
    : [{ label, value: percent(lockTime.share), unit: '% of the times that a session was met in it' }];
}

function evidenceOf(
  delta: StatementDelta,
  life: StatementCounters | null,
  share: number,
  window: StatementWindow,
  { origins }: StatementName,
  p95: LoggedQuantile | null,
): Evidence[] {
  const pages = delta.sharedHit + delta.sharedRead;
  const from = describeOrigins(origins);
  const least = delta.exactness === 'exact' ? '' : ' at least: its counters began anew in between';
  return [
    { label: 'mean', value: ms(delta.meanMs ?? 0), unit: 'ms' },
    ...(p95 === null
      ? []
      : [
          {
            label: 'p95',
            value: ms(p95.milliseconds),
            unit: `ms, by ${counted(p95.logged, 'call')} in the log`,
          },
        ]),
    {
      label: 'calls',
      value: delta.calls,
      unit: `in ${formatDuration(window.toMs - window.fromMs)}${least}`,
    },
    ...(life !== null && life.calls > delta.calls
      ? [
          {
            label: 'since its counters began',
            value: life.calls,
            unit: `calls, ${ms(life.totalMs / life.calls)} ms each`,
          },
        ]
      : []),
    { label: 'share of the time', value: percent(share), unit: '%' },
    { label: 'rows a call', value: rounded(delta.rows / delta.calls) },
    {
      label: 'pages a call',
      value: rounded(pages / delta.calls),
      unit: pages === 0 ? '' : `(${percent(delta.sharedHit / pages)} % from the cache)`,
    },
    ...(from === null ? [] : [{ label: 'asked by', value: '', sample: from }]),
    ...(delta.text === null ? [] : [{ label: 'statement', value: '', sample: delta.text }]),
  ];
}

function rounded(value: number): number {
  return value >= 10 ? Math.round(value) : Number(value.toPrecision(2));
}

function stepsOf({ sharedHit, sharedRead, rows, calls, tempWritten }: StatementDelta): string[] {
  const pages = (sharedHit + sharedRead) / calls;
  const returned = Math.max(1, rows / calls);
  return [
    'See what it does: `rearguard queries explain "<the statement>"`; `rearguard queries recommendations` tries indexes for it.',
    ...(pages / returned > 100
      ? [
          `It touches ${Math.round(pages)} pages for ${rounded(rows / calls)} rows: most of what it reads it throws away, or adds up.`,
        ]
      : []),
    ...(tempWritten > 0
      ? ['It also writes temporary files: what it sorts or hashes does not fit into work_mem.']
      : []),
    'Where its answer may be a minute old, keep it in a summary table or a cache instead of asking again.',
  ];
}
