import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { ms, percent } from '../../../core/rounding.ts';
import { RULES } from '../rules.ts';
import { type Backlog, backlogOf } from './backlog.ts';
import { sliceFigures } from './figures.ts';
import { formatRate } from './format.ts';
import { spanMs } from './merge.ts';
import { type Situation, targetSubject } from './situation.ts';

const MIN_DROPPED = 3;
const MAX_SHORTFALL = 0.05;
const MIN_ASKED = 100;

/** throughput-below-target and rate-not-sustained: whether the server kept up with an open load. */
export function assessSustained(situation: Situation): Assessment {
  const assessment = emptyAssessment();
  if (!situation.record.plan.open) return assessment;
  const subject = targetSubject(situation);
  const backlog = backlogOf(situation);
  const base = { subject, confidence: 'proven', check: situation.check } as const;
  const unsustained = assessBacklog(situation, backlog);
  if (unsustained !== null) assessment.findings.push({ ...base, ...unsustained });
  if (unsustained === null && backlog.isTooShort) {
    assessment.notChecked.push({
      subject,
      rules: [RULES.rateNotSustained.id, RULES.throughputBelowTarget.id],
      reason: 'a queue that grows shows after three seconds of one load at the earliest',
      hint: 'Give it more time.',
    });
    return assessment;
  }
  assessment.checked.push({ subject, rule: RULES.rateNotSustained });
  const shortfall = assessShortfall(situation, backlog);
  if (shortfall === 'unknown') return assessment;
  assessment.checked.push({ subject, rule: RULES.throughputBelowTarget });
  if (shortfall !== null) assessment.findings.push({ ...base, ...shortfall });
  return assessment;
}

type Part = Pick<FindingDraft, 'rule' | 'severity' | 'title' | 'evidence' | 'impact' | 'fix'>;

function assessBacklog({ target, options }: Situation, backlog: Backlog): Part | null {
  const { whole, before, leftOver, isGrowing } = backlog;
  const { asked, dropped } = whole.sessions;
  const turnedAway = dropped + leftOver;
  if (turnedAway < MIN_DROPPED && !isGrowing) return null;
  const [first, last] = [before.inFlight + before.queued, whole.inFlight + whole.queued];
  const said =
    dropped >= MIN_DROPPED
      ? `${percent(dropped / Math.max(1, asked))} % of the sessions found no place in the queue`
      : isGrowing
        ? `what waits grew from ${first} to ${last} requests and kept growing`
        : `${turnedAway} sessions still waited ${formatDuration(options.limits.drain)} after its end`;
  const impact = Math.min(1, (turnedAway > 0 ? turnedAway : unserved(backlog)) / Math.max(1, asked));
  return {
    rule: RULES.rateNotSustained.id,
    severity: RULES.rateNotSustained.severity,
    title: `${target} does not keep up with ${formatRate(whole.targetRate ?? rateOf(asked, whole))} sessions/s: ${said}`,
    evidence: [
      { label: 'sessions asked for', value: asked },
      { label: 'dropped', value: dropped },
      ...(leftOver > 0 ? [{ label: 'still waiting when the drain was over', value: leftOver }] : []),
      { label: 'in flight and queued, at first', value: first },
      { label: 'in flight and queued, at the end', value: last },
      { label: 'answered', value: ms(sliceFigures(whole).whole.rate), unit: 'req/s' },
    ],
    impact: {
      summary: `${percent(impact)} % of sessions were turned away${turnedAway > 0 ? '' : ' or had to wait for others'}`,
      basis: 'measured',
      value: percent(impact),
      unit: '%',
    },
    fix: { summary: RULES.rateNotSustained.fix, steps: [`rearguard load-tester capacity`] },
  };
}

/** Over the judged part of a constant rate: what well-answered requests are short of what was sent, had to be dropped, or waits for ever longer. */
function assessShortfall(situation: Situation, backlog: Backlog): Part | null | 'unknown' {
  const { record, steady } = situation;
  const { whole, before, isGrowing } = backlog;
  const { targetRequestRate } = record.plan;
  const peak = Math.max(0, ...record.slices.map(({ targetRate }) => targetRate ?? 0));
  if (targetRequestRate === null || peak === 0 || steady.kind !== 'level') return 'unknown';
  const { goodput } = sliceFigures(whole).whole;
  const lostSessions = isGrowing ? unserved(backlog) : whole.sessions.dropped;
  const lost = lostSessions * (targetRequestRate / peak);
  const sent = whole.endpoints.reduce((sum, endpoint) => sum + endpoint.sent, 0);
  // What is still under way says nothing yet, unless there is ever more of it.
  const open = isGrowing ? 0 : Math.max(0, whole.inFlight - before.inFlight);
  const wanted = (sent + lost - open) / (spanMs(whole) / 1_000);
  if (sent + lost < MIN_ASKED || wanted <= 0) return 'unknown';
  if (goodput >= (1 - MAX_SHORTFALL) * wanted) return null;
  return {
    rule: RULES.throughputBelowTarget.id,
    severity: RULES.throughputBelowTarget.severity,
    title: `${situation.target} answers ${formatRate(goodput)} requests/s well of ${formatRate(wanted)} asked for`,
    evidence: [
      { label: 'asked for', value: ms(wanted), unit: 'req/s' },
      { label: 'answered well', value: ms(goodput), unit: 'req/s' },
      { label: 'sessions dropped', value: whole.sessions.dropped },
      { label: 'sessions that waited at the end', value: whole.queued },
    ],
    impact: {
      summary: `${percent(1 - goodput / wanted)} % of the load was not served`,
      basis: 'measured',
      value: percent(1 - goodput / wanted),
      unit: '%',
    },
    fix: { summary: RULES.throughputBelowTarget.fix, steps: ['rearguard load-tester capacity'] },
  };
}

/** Sessions that were dropped, and those by which the queue grew: asked = begun + dropped + queued. */
function unserved({ whole: { sessions } }: Backlog): number {
  return Math.max(sessions.dropped, sessions.asked - sessions.begun);
}

function rateOf(count: number, slice: { fromMs: number; toMs: number }): number {
  const seconds = spanMs(slice) / 1_000;
  return seconds === 0 ? 0 : count / seconds;
}
