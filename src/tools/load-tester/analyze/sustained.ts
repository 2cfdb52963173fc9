import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { ms, percent } from '../../../core/rounding.ts';
import { mannKendallRise } from '../../../core/statistics/trend.ts';
import { RULES } from '../rules.ts';
import { sliceFigures } from './figures.ts';
import { formatRate } from './format.ts';
import { spanMs } from './merge.ts';
import { type Situation, steadyWhole, targetSubject } from './situation.ts';

const ALPHA = 0.001;
const MIN_DROPPED = 3;
const MIN_TREND_SLICES = 8;
/** Growth of what waits that counts, in seconds of arrivals. */
const MIN_GROWTH_S = 1;
const MAX_SHORTFALL = 0.05;
const MIN_ASKED = 100;

/** throughput-below-target and rate-not-sustained: whether the server kept up with an open load. */
export function assessSustained(situation: Situation): Assessment {
  const assessment = emptyAssessment();
  const { record, steady } = situation;
  if (!record.plan.open) return assessment;
  const subject = targetSubject(situation);
  assessment.checked.push({ subject, rule: RULES.rateNotSustained });
  const whole = steadyWhole(situation);
  const { asked, dropped } = whole.sessions;
  const backlog = steady.slices.map(({ inFlight, queued }) => inFlight + queued);
  const figures = sliceFigures(whole).whole;
  const growth = (backlog.at(-1) ?? 0) - (backlog[0] ?? 0);
  const isGrowing =
    steady.kind === 'level' &&
    backlog.length >= MIN_TREND_SLICES &&
    growth > MIN_GROWTH_S * figures.rate &&
    mannKendallRise(backlog) < ALPHA;
  const base = { subject, confidence: 'proven', check: situation.check } as const;
  if (dropped >= MIN_DROPPED || isGrowing) {
    const said =
      dropped >= MIN_DROPPED
        ? `${percent(dropped / Math.max(1, asked))} % of the sessions found no place in the queue`
        : `what waits grew from ${backlog[0] ?? 0} to ${backlog.at(-1) ?? 0} requests and kept growing`;
    assessment.findings.push({
      ...base,
      rule: RULES.rateNotSustained.id,
      severity: RULES.rateNotSustained.severity,
      title: `${situation.target} does not keep up with ${formatRate(whole.targetRate ?? rateOf(asked, whole))} sessions/s: ${said}`,
      evidence: [
        { label: 'sessions asked for', value: asked },
        { label: 'dropped', value: dropped },
        { label: 'in flight and queued, at first', value: backlog[0] ?? 0 },
        { label: 'in flight and queued, at the end', value: backlog.at(-1) ?? 0 },
        { label: 'answered', value: ms(figures.rate), unit: 'req/s' },
      ],
      impact: {
        summary: `${percent(dropped / Math.max(1, asked))} % of sessions were turned away`,
        basis: 'measured',
        value: percent(dropped / Math.max(1, asked)),
        unit: '%',
      },
      fix: { summary: RULES.rateNotSustained.fix, steps: [`rearguard load-tester capacity`] },
    });
  }
  const shortfall = assessShortfall(situation, figures.goodput);
  if (shortfall === 'unknown') return assessment;
  assessment.checked.push({ subject, rule: RULES.throughputBelowTarget });
  if (shortfall !== null) assessment.findings.push({ ...base, ...shortfall });
  return assessment;
}

type Part = Pick<FindingDraft, 'rule' | 'severity' | 'title' | 'evidence' | 'impact' | 'fix'>;

/** Over the steady part of a constant rate: what well-answered requests are short of what was sent or had to be dropped. */
function assessShortfall(situation: Situation, goodput: number): Part | null | 'unknown' {
  const { record, steady } = situation;
  const whole = steadyWhole(situation);
  const { targetRequestRate } = record.plan;
  const peak = Math.max(0, ...record.slices.map(({ targetRate }) => targetRate ?? 0));
  if (targetRequestRate === null || peak === 0 || steady.kind !== 'level') return 'unknown';
  const lost = whole.sessions.dropped * (targetRequestRate / peak);
  const sent = whole.endpoints.reduce((sum, endpoint) => sum + endpoint.sent, 0);
  // What is still under way says nothing yet; more of it than before was sent in vain only when it stays so.
  const open = whole.inFlight - (steady.slices[0]?.inFlight ?? 0);
  const wanted = (sent + lost - Math.max(0, open)) / (spanMs(whole) / 1_000);
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

function rateOf(count: number, slice: { fromMs: number; toMs: number }): number {
  const seconds = spanMs(slice) / 1_000;
  return seconds === 0 ? 0 : count / seconds;
}
