import { coverageOf } from '../../../core/assessment.ts';
import type { Block } from '../../../core/block.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import type { FindingDraft } from '../../../core/finding.ts';
import { isAtLeast } from '../../../core/severity.ts';
import { percent } from '../../../core/rounding.ts';
import { assessLoad, certainlyCrossed } from '../analyze/assess.ts';
import { sliceFigures } from '../analyze/figures.ts';
import { formatLatency, formatRate } from '../analyze/format.ts';
import { loadMetrics } from '../analyze/metrics.ts';
import { type Situation, steadyWhole } from '../analyze/situation.ts';
import { steadyPart } from '../analyze/steady.ts';
import { formatThresholdValue } from '../analyze/thresholds.ts';
import { insightsOf } from '../insights.ts';
import type { LoadRecord } from '../record.ts';
import type { MadePlan } from '../scenario/plan-request.ts';
import type { ReportDraft } from '../../define.ts';
import {
  endpointTable,
  failureBlocks,
  percentileTable,
  responseDistribution,
  thresholdTable,
  timeSeries,
} from './blocks.ts';
import { fitnessData, type LoadData, phaseData, thresholdData } from './data.ts';

export interface LoadResult {
  made: Pick<MadePlan, 'source' | 'notes'>;
  situation: Situation;
  /** All phases in their order, the judged one among them. */
  phases: readonly { name: string; record: LoadRecord }[];
  /** Between the figures of endpoints and the charts. */
  sections?: readonly Block[];
  artifacts: NonNullable<ReportDraft['artifacts']>;
  next: readonly string[];
}

/** One report for every command that judges a run. */
export function loadReport({
  made,
  situation,
  phases,
  sections = [],
  artifacts,
  next,
}: LoadResult): ReportDraft {
  const { fitness, thresholds, record } = situation;
  const assessment = assessLoad(situation);
  const coverage = coverageOf(assessment);
  const data: LoadData = {
    target: situation.target,
    source: made.source,
    phases: phases.map(({ name, record: one }) =>
      phaseData(name, one, one === record ? situation.steady : steadyPart(one.slices)),
    ),
    fitness: fitnessData(fitness),
    thresholds: thresholds.map(thresholdData),
  };
  const status = statusOf(situation);
  return {
    ...(status === undefined ? {} : { status }),
    summary: summarise(situation, assessment.findings),
    findings: assessment.findings,
    coverage: { ...coverage, notChecked: [...made.notes, ...coverage.notChecked] },
    insights: insightsOf(assessment.findings),
    metrics: loadMetrics(situation.target, record),
    sections: [...mainSections(situation, made.source), ...sections, ...charts(situation)],
    data,
    diagnostics: fitness.remarks.map((message) => ({ level: 'note', message })),
    artifacts,
    next,
  };
}

/** A threshold that certainly did not hold comes before everything that keeps others from being judged. */
function statusOf(situation: Situation): ReportDraft['status'] {
  const { fitness, record } = situation;
  const isCrossed = certainlyCrossed(situation).length > 0;
  if (!fitness.isFit) return isCrossed ? 'fail' : 'unknown';
  if (wasCutShort(record)) return 'unknown';
  return isCrossed ? 'fail' : undefined;
}

/** What ended before its time, for a reason that is not a verdict, has not measured what it was asked to. */
function wasCutShort({ stopReason }: LoadRecord): boolean {
  return stopReason === 'set-up-failed' || stopReason === 'worker-lost' || stopReason === 'interrupted';
}

function mainSections(situation: Situation, source: string): Block[] {
  const { record, thresholds, options } = situation;
  const whole = steadyWhole(situation);
  const p95 = options.objectives.p95;
  return [
    { kind: 'text', text: `${record.plan.model}; ${source}; seed ${record.plan.seed}`, tone: 'muted' },
    ...stopNote(record),
    endpointTable(`Endpoints, ${steadyText(situation)}`, whole, p95),
    ...(thresholds.length === 0 ? [] : [thresholdTable(thresholds)]),
    percentileTable(whole, record.plan.open),
    ...failureBlocks(record.total, record.exemplars, record.startedAtMs),
  ];
}

function charts(situation: Situation): Block[] {
  const { record, options } = situation;
  const whole = steadyWhole(situation);
  return [
    ...(sliceFigures(whole).whole.ended === 0 ? [] : [responseDistribution(whole)]),
    ...timeSeries(record, options.objectives.p95),
    ...besideBlocks(situation),
    { kind: 'text', text: ownLine(situation), tone: 'muted' },
  ];
}

function steadyText({ steady, record }: Situation): string {
  if (steady.slices.length === 0) return 'over the whole run';
  const { warmUpSlices, otherSlices, kind } = steady;
  if (kind === 'ramp') return `over all ${formatDuration(record.endedAtMs - record.startedAtMs)}`;
  const left = warmUpSlices + otherSlices;
  return `over ${counted(steady.slices.length, 'steady second')}${left === 0 ? '' : `, ${left} of warm-up and ramps left out`}`;
}

const STOP_TEXTS: Readonly<Record<LoadRecord['stopReason'], string | null>> = {
  completed: null,
  interrupted: 'Interrupted: what was in flight was drained, and this is what was measured until then.',
  threshold: 'Stopped because a threshold did not hold over the last seconds (--abort).',
  'error-budget': 'Stopped because too many requests failed: the load was ramped down to spare the backend.',
  'max-duration': 'Stopped at the ceiling of tools.load-tester.limits.maxDuration.',
  'set-up-failed': 'The set-up of the scenario failed; no load was made.',
  'worker-lost': 'A worker was lost, and its share of the load with it.',
};

function stopNote({ stopReason, stopDetail }: LoadRecord): Block[] {
  const text = STOP_TEXTS[stopReason];
  if (text === null) return [];
  return [{ kind: 'text', text: stopDetail === null ? text : `${text} ${stopDetail}`, tone: 'warn' }];
}

/** The server's side, and what the store says happened meanwhile. */
function besideBlocks({ record }: Situation): Block[] {
  const { process, scraped, events } = record.beside;
  return [
    ...(process === null
      ? []
      : [
          {
            kind: 'series' as const,
            title: `Process ${process.pid} (${process.how})`,
            unit: '%',
            lines: [
              {
                name: 'processor, of a core',
                points: process.samples.map(({ atMs, processor }): [number, number | null] => [
                  atMs,
                  processor === null ? null : percent(processor),
                ]),
              },
            ],
          },
          {
            kind: 'series' as const,
            title: 'Its memory',
            unit: 'MB',
            lines: [
              {
                name: 'resident',
                points: process.samples.map(({ atMs, residentBytes }): [number, number | null] => [
                  atMs,
                  residentBytes === null ? null : Math.round(residentBytes / 1e5) / 10,
                ]),
              },
            ],
          },
        ]),
    ...(scraped ?? []).map(({ name, points }): Block => ({
      kind: 'series',
      title: name,
      unit: '',
      lines: [{ name, points: points.map(([atMs, value]) => [atMs, value]) }],
    })),
    ...(events.length === 0
      ? []
      : [{ kind: 'timeline' as const, title: 'Meanwhile', entries: events.map((event) => ({ ...event })) }]),
  ];
}

function ownLine({ record, fitness }: Situation): string {
  const { total } = record;
  const parts = [
    counted(record.workers, 'worker'),
    ...(fitness.busy === null ? [] : [`own loop busy ${percent(fitness.busy)} %`]),
    ...(fitness.lagP99Ms === null || !record.plan.open
      ? []
      : [`own lag p99 ${formatLatency(fitness.lagP99Ms)}`]),
    `${total.opened.toLocaleString('en-US')} connections for ${sliceFigures(total).whole.ended.toLocaleString('en-US')} requests`,
  ];
  return parts.join(', ');
}

function summarise(situation: Situation, findings: readonly FindingDraft[]): string {
  const { fitness, target } = situation;
  const { whole } = sliceFigures(steadyWhole(situation));
  if (!fitness.isFit) {
    const said = `The generator was the limit, so this says nothing about the speed of ${target}: ${fitness.reasons.join('; ')}`;
    const certain = certainlyCrossed(situation).map(
      (verdict) => `${verdict.threshold.text} (${formatThresholdValue(verdict)})`,
    );
    return certain.length === 0 ? `${said}.` : `${said}. What it cannot have caused: ${certain.join(', ')}.`;
  }
  if (whole.ended === 0) return `${target} answered nothing.`;
  const p95 = whole.response.p95;
  const failed =
    whole.errorShare === null || whole.failed === 0 ? 'none failed' : `${percent(whole.errorShare)} % failed`;
  const said = `${target} answered ${formatRate(whole.rate)} requests/s, p95 ${p95 === null ? 'unknown' : `${p95.atLeast ? 'at least ' : ''}${formatLatency(p95.ms)}`}, ${failed}`;
  const grave = findings.filter(({ severity }) => isAtLeast(severity, 'low')).length;
  return `${said}; ${grave === 0 ? 'nothing to report' : counted(grave, 'finding')}.`;
}
