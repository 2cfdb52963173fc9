import { type Assessment, emptyAssessment } from '../../../../core/assessment.ts';
import { formatDuration } from '../../../../core/duration.ts';
import type { Evidence, FindingDraft, Rule, Subject } from '../../../../core/finding.ts';
import { ms, percent } from '../../../../core/rounding.ts';
import type { Severity } from '../../../../core/severity.ts';
import { databaseSubject } from '../../../_shared/database/subjects.ts';
import { RULES } from '../../rules.ts';
import { trackerFinding } from '../finding.ts';
import { logCoverage } from '../server-log.ts';
import { describeOrigins, nameOfText, statementSubject } from '../statements/names.ts';
import { clock } from '../clock.ts';
import type { Cause } from './cause.ts';
import type { ExplainedRegression, Night, NightFindings } from './night.ts';
import { MIN_INTERVALS } from './regression.ts';

const HIGH_SHARE = 0.1;
/** Less of all time is nothing that anybody feels. */
const MIN_SHARE = 0.002;

/** Findings of a night, and which statements had enough intervals to be judged. */
export function assessNight(night: Night, found: NightFindings): Assessment {
  const assessment = emptyAssessment();
  const rules = [RULES.statementRegression, RULES.planRegression];
  const judged = found.series.filter(({ intervals }) => intervals.length >= MIN_INTERVALS);
  for (const { keys, text, queryIds } of judged) {
    const name = keys.map((key) => night.names.get(key)).find((one) => one !== undefined);
    const subject = statementSubject(night.target, name ?? nameOfText(text, queryIds[0] ?? ''));
    assessment.checked.push(...rules.map((rule) => ({ subject, rule })));
  }
  const left = found.series.length - judged.length;
  if (judged.length === 0 || left > 0) {
    assessment.notChecked.push({
      subject: databaseSubject(night.target),
      rules: rules.map(({ id }) => id),
      reason:
        judged.length === 0
          ? `history has too little to tell a step from noise: ${MIN_INTERVALS} intervals with calls are needed`
          : `${left} of ${found.series.length} statements ran in fewer than ${MIN_INTERVALS} intervals`,
      hint: 'Let `rearguard serve` or `rearguard db watch` run: each minute is an interval.',
    });
  }
  assessment.notChecked.push(
    ...logCoverage(night.target, night.log, { wanted: false, rules: [RULES.deadlocks] }),
  );
  const worth = found.regressions.filter(({ extraShare }) => extraShare >= MIN_SHARE);
  assessment.findings.push(...worth.map((one) => regressionFinding(night, one)));
  return assessment;
}

function regressionFinding(
  night: Night,
  { regression, explanation, name, extraShare }: ExplainedRegression,
): FindingDraft {
  const { change, causes } = explanation;
  const rule = change === null ? RULES.statementRegression : RULES.planRegression;
  const { before, after, stepToMs, series } = regression;
  const subject = statementSubject(night.target, name);
  const patch = causes.find(({ statement }) => statement !== null)?.statement ?? null;
  const from = describeOrigins(name.origins);
  const severity: Severity = extraShare >= HIGH_SHARE ? 'high' : 'medium';
  return trackerFinding(rule, subject, {
    title: `${name.label} takes ${formatDuration(after.ms)} a call since ${clock(stepToMs)}, ${formatDuration(before.ms)} before`,
    severity,
    confidence: causes.length === 0 ? 'likely' : 'proven',
    evidence: [
      {
        label: 'before',
        value: ms(before.ms),
        unit: `ms a call, ${perMinute(before.callsPerMinute)} calls a minute`,
      },
      {
        label: 'after',
        value: ms(after.ms),
        unit: `ms a call, ${perMinute(after.callsPerMinute)} calls a minute`,
      },
      { label: 'step', value: stepOf(regression), unit: `(p = ${regression.pValue.toPrecision(2)})` },
      ...(change === null ? [] : planEvidence(change)),
      ...causes.map(({ summary }): Evidence => ({ label: 'what changed', value: summary })),
      ...(causes.length === 0
        ? [{ label: 'what changed', value: 'nothing that is known: no plan, no event, no other work' }]
        : []),
      ...(from === null ? [] : [{ label: 'asked by', value: '', sample: from }]),
      ...(series.text === null ? [] : [{ label: 'statement', value: '', sample: series.text }]),
    ],
    impact: {
      summary: `${formatDuration(regression.extraMs)} more than its ${after.calls} calls would have taken: ${percent(extraShare)} % of the time of all statements since.`,
      basis: 'measured',
      value: percent(extraShare),
      unit: '%',
    },
    steps: stepsOf(causes),
    patch,
    check: overnightCheck(night.target, rule, subject),
  });
}

function overnightCheck(target: string, rule: Rule, subject: Subject): FindingDraft['check'] {
  const name = rule.id.slice(rule.id.indexOf('/') + 1);
  return { command: 'overnight-summary', input: { target, rule: name, subject: subject.name, now: true } };
}

function perMinute(calls: number): string {
  return calls >= 10 ? String(Math.round(calls)) : calls.toPrecision(2);
}

function stepOf({ stepFromMs, stepToMs }: ExplainedRegression['regression']): string {
  const [from, to] = [clock(stepFromMs), clock(stepToMs)];
  return from === to ? to : `between ${from} and ${to}`;
}

function planEvidence({
  before,
  after,
}: NonNullable<ExplainedRegression['explanation']['change']>): Evidence[] {
  return [
    { label: 'plan before', value: before.hash.slice(0, 8), sample: before.steps.join('\n') },
    { label: 'plan after', value: after.hash.slice(0, 8), sample: after.steps.join('\n') },
  ];
}

function stepsOf(causes: readonly Cause[]): string[] {
  const kinds = new Set(causes.map(({ kind }) => kind));
  return [
    ...(kinds.has('statistics')
      ? ['The planner works with a picture that is no longer true: give it a new one, then compare the plan.']
      : []),
    ...(kinds.has('event')
      ? ['See what the change near the step did to this statement or to its tables.']
      : []),
    ...(kinds.has('spills')
      ? ['It began to sort or hash on disk: see what makes its rows more or wider.']
      : []),
    ...(kinds.has('plan') && !kinds.has('statistics')
      ? ['Compare the two plans: what is read in another way, and what was thought of its rows.']
      : []),
    'See it in detail: `rearguard queries explain "<the statement>"`.',
  ];
}
