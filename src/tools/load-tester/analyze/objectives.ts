import { type Assessment, emptyAssessment } from '../../../core/assessment.ts';
import type { Evidence } from '../../../core/finding.ts';
import { latencyCount, latencyEntries, type SparseHistogram } from '../../../core/load/latency-histogram.ts';
import type { EndpointMeasure } from '../../../core/load/measure.ts';
import { ms, percent } from '../../../core/rounding.ts';
import { RULES } from '../rules.ts';
import { countEnded, countFailures, endpointFigures, type EndpointFigures } from './figures.ts';
import { formatLatency } from './format.ts';
import { spanMs } from './merge.ts';
import { exceedsShare, type SliceShare } from './share-test.ts';
import { endpointSubject, type Situation, steadyWhole } from './situation.ts';

const ALPHA = 0.001;
/** 5 % of fewer responses are fewer than three. */
const MIN_REQUESTS = 60;
const MIN_SLICES = 3;
const MIN_FAILURES = 3;

/** slo-missed: latency and errors of each endpoint over the steady part. */
export function assessObjectives(situation: Situation): Assessment {
  const assessment = emptyAssessment();
  const { steady } = situation;
  const whole = steadyWhole(situation);
  for (const measure of whole.endpoints) {
    const figures = endpointFigures(measure, spanMs(whole));
    const subject = endpointSubject(measure.name);
    const all = figures.ended + figures.givenUp;
    if (all < MIN_REQUESTS || steady.slices.length < MIN_SLICES) {
      assessment.notChecked.push({
        subject,
        rules: [RULES.sloMissed.id],
        reason: `only ${all} requests in ${steady.slices.length} steady seconds`,
        hint: 'Give it more load or more time.',
      });
      continue;
    }
    assessment.checked.push({ subject, rule: RULES.sloMissed });
    const missed = missedObjectives(situation, figures);
    if (missed === null) continue;
    assessment.findings.push({
      rule: RULES.sloMissed.id,
      severity: RULES.sloMissed.severity,
      confidence: 'likely',
      title: missed.title,
      subject,
      evidence: missed.evidence,
      impact: {
        summary: `${percent(missed.share)} % of its requests are too slow or fail`,
        basis: 'measured',
        value: percent(missed.share),
        unit: '%',
      },
      fix: { summary: RULES.sloMissed.fix, steps: [] },
      check: situation.check,
    });
  }
  return assessment;
}

function missedObjectives(
  { steady, options: { objectives } }: Situation,
  figures: EndpointFigures,
): { title: string; evidence: Evidence[]; share: number } | null {
  const { name } = figures;
  const slices = steady.slices.flatMap(({ endpoints }) => endpoints.filter((one) => one.name === name));
  const slow = slices.map((measure) => slowShare(measure, objectives.p95));
  const failed = slices.map((measure) => ({ hits: countFailures(measure), total: countEnded(measure) }));
  const isSlow = exceedsShare(slow, 0.05) < ALPHA;
  const isFailing =
    figures.failed >= MIN_FAILURES && exceedsShare(failed, objectives.errorRate / 100) < ALPHA;
  if (!isSlow && !isFailing) return null;
  const { p95, p50 } = figures.response;
  const said: string[] = [];
  const evidence: Evidence[] = [];
  if (isSlow && p95 !== null) {
    said.push(
      `p95 is ${p95.atLeast ? 'at least ' : ''}${formatLatency(p95.ms)} where ${formatLatency(objectives.p95)} is the objective`,
    );
    evidence.push(
      { label: p95.atLeast ? 'p95, at least' : 'p95', value: ms(p95.ms), unit: 'ms' },
      { label: 'objective', value: objectives.p95, unit: 'ms' },
      ...(p50 === null ? [] : [{ label: 'p50', value: ms(p50.ms), unit: 'ms' }]),
      { label: 'responses above the objective', value: percent(shareOf(slow)), unit: '%' },
    );
  }
  if (isFailing) {
    said.push(
      `${percent(figures.errorShare ?? 0)} % of requests fail where ${objectives.errorRate} % is the objective`,
    );
    evidence.push(
      { label: 'failed requests', value: percent(figures.errorShare ?? 0), unit: '%' },
      ...Object.entries(figures.failures).map(([kind, count]) => ({ label: kind, value: count ?? 0 })),
    );
  }
  evidence.push(
    { label: 'rate', value: ms(figures.rate), unit: 'req/s' },
    { label: 'requests', value: figures.ended },
  );
  return {
    title: `${name}: ${said.join(', and ')}`,
    evidence,
    share: Math.max(isSlow ? shareOf(slow) : 0, isFailing ? shareOf(failed) : 0),
  };
}

function slowShare({ response, censored }: EndpointMeasure, limitMs: number): SliceShare {
  const givenUp = latencyCount(censored);
  return { hits: countAbove(response, limitMs) + givenUp, total: latencyCount(response) + givenUp };
}

export function countAbove(histogram: SparseHistogram, limitMs: number): number {
  return latencyEntries(histogram).reduce((sum, entry) => sum + (entry.ms > limitMs ? entry.count : 0), 0);
}

function shareOf(slices: readonly SliceShare[]): number {
  const total = slices.reduce((sum, slice) => sum + slice.total, 0);
  return total === 0 ? 0 : slices.reduce((sum, slice) => sum + slice.hits, 0) / total;
}
