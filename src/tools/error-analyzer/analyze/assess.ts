import { counted } from '../../../core/counted.ts';
import type { Evidence, FindingDraft, Rule } from '../../../core/finding.ts';
import type { Severity } from '../../../core/severity.ts';
import { quoteForeign } from '../../../core/text.ts';
import type { ErrorOptions } from '../options.ts';
import { RULES } from '../rules.ts';
import type { CauseAnalysis } from './cause/types.ts';
import type { Detection, DetectionKind, Incident } from './detect/types.ts';
import { type FindingParts, groupFinding } from './finding.ts';
import type { ErrorGroup, GroupHistory, LogWindow } from './model.ts';
import { HOUR_MS, MINUTE_MS, totalOf } from './minutes.ts';

/** Explanations that a finding carries; the report has them all. */
const MAX_CAUSES = 3;
const MAX_TITLE = 160;

/** More than this share of all records is high. */
const HIGH_SHARE = 0.05;

export interface ExplainedIncident {
  incident: Incident;
  cause: CauseAnalysis;
}

export interface AssessInput {
  window: LogWindow;
  history: ReadonlyMap<string, GroupHistory>;
  incidents: readonly ExplainedIncident[];
  options: Pick<ErrorOptions, 'frequent'>;
  /** Logs that were looked at by themselves; none: those of the config. */
  files: readonly string[];
}

const RULE_OF: Readonly<Record<DetectionKind, Rule>> = {
  new: RULES.newError,
  regressed: RULES.regressedError,
  spiking: RULES.errorSpike,
  escalating: RULES.escalatingError,
  disappeared: RULES.disappearedError,
};

/** Findings of incidents, each group once under its strongest detection, then of known errors that are frequent. */
export function findingsOf(input: AssessInput): FindingDraft[] {
  const { window, incidents } = input;
  const groups = new Map(window.groups.map((group) => [group.id, group]));
  const totalRecords = totalOf(window.records);
  const findings: FindingDraft[] = [];
  const told = new Set<string>();
  for (const { incident, cause } of incidents) {
    for (const detection of incident.detections) {
      const group = groups.get(detection.group);
      if (group === undefined || told.has(group.id)) continue;
      told.add(group.id);
      findings.push(changeFinding(group, detection, cause, { totalRecords, files: input.files }));
    }
  }
  for (const group of window.groups) {
    if (told.has(group.id) || !isFrequent(group, input, totalRecords)) continue;
    findings.push(frequentFinding(group, input, totalRecords));
  }
  return findings;
}

function changeFinding(
  group: ErrorGroup,
  detection: Detection,
  cause: CauseAnalysis,
  of: Pick<FindingParts, 'totalRecords' | 'files'>,
): FindingDraft {
  const rule = RULE_OF[detection.kind];
  const [best] = cause.candidates;
  const steps = cause.candidates.flatMap(({ next }) => (next === null ? [] : [next])).slice(0, MAX_CAUSES);
  return groupFinding(group, rule, {
    title: `${TITLE[detection.kind]}: ${quoteForeign(group.title, MAX_TITLE)}`,
    severity: severityOf(rule.severity, detection, group),
    confidence: detection.confidence,
    evidence: [
      { label: 'records', value: detection.count },
      { label: 'since', value: new Date(detection.sinceMs).toISOString() },
      ...(detection.expected === null ? [] : [{ label: 'expected', value: round(detection.expected) }]),
      { label: 'why it is told', value: detection.because },
      ...causeEvidence(cause),
    ],
    ...of,
    ...(best === undefined
      ? {}
      : { fix: { summary: `Look first at: ${best.title}. ${rule.fix}`, steps: [...new Set(steps)] } }),
  });
}

const TITLE: Readonly<Record<DetectionKind, string>> = {
  new: 'New error',
  regressed: 'Back after it was resolved',
  spiking: 'Spike',
  escalating: 'Becomes more frequent',
  disappeared: 'No longer seen',
};

/** A process that ended is worse than a request that failed; once or twice is less. */
function severityOf(severity: Severity, { kind, count, confidence }: Detection, group: ErrorGroup): Severity {
  if (kind === 'disappeared') return severity;
  if (group.level === 'fatal') return 'critical';
  if (!group.isError) return 'info';
  if (confidence === 'possible' || group.level === 'warn') return 'medium';
  return count < 3 && severity === 'high' ? 'medium' : severity;
}

function causeEvidence({ candidates, changePoint }: CauseAnalysis): Evidence[] {
  const interval =
    changePoint === null
      ? []
      : [
          {
            label: 'change point (95 %)',
            value: `${clock(changePoint.fromMs)} to ${clock(changePoint.toMs)}`,
          },
        ];
  if (candidates.length === 0) return [...interval, { label: 'likely cause', value: 'no supported cause' }];
  return [
    ...interval,
    ...candidates.slice(0, MAX_CAUSES).map(({ title, score, evidence, counterCheck }, index) => ({
      label: index === 0 ? 'likely cause' : 'also possible',
      value: `${title} (score ${score.toFixed(2)})`,
      sample: [...evidence, `Counter-check: ${counterCheck}`].join(' · '),
    })),
  ];
}

function isFrequent(
  group: ErrorGroup,
  { window, history, options }: AssessInput,
  totalRecords: number,
): boolean {
  if (!group.isError || (history.get(group.id)?.state ?? 'open') !== 'open') return false;
  return (
    group.count >= 3 &&
    (group.count / totalRecords > options.frequent.share ||
      group.count / hoursRead(window) > options.frequent.perHour)
  );
}

function frequentFinding(
  group: ErrorGroup,
  { window, history, files }: AssessInput,
  totalRecords: number,
): FindingDraft {
  const share = group.count / totalRecords;
  const known = history.get(group.id);
  return groupFinding(group, RULES.frequentError, {
    title: `Keeps happening: ${quoteForeign(group.title, MAX_TITLE)}`,
    severity: group.level === 'fatal' ? 'critical' : share > HIGH_SHARE ? 'high' : 'medium',
    confidence: 'proven',
    evidence: [
      { label: 'records', value: group.count },
      { label: 'share of all records', value: round(share * 100), unit: '%' },
      { label: 'records an hour', value: round(group.count / hoursRead(window)) },
      { label: 'first seen', value: new Date(known?.firstSeenMs ?? group.firstMs).toISOString() },
    ],
    totalRecords,
    files,
  });
}

/** Logs may begin within the window: then the time before says nothing. */
function hoursRead({ fromMs, toMs, records }: LogWindow): number {
  const [firstMinute = 0] = records[0] ?? [];
  return Math.max((toMs - Math.max(fromMs, firstMinute * MINUTE_MS)) / HOUR_MS, 1 / 60);
}

/** `3 new errors, 1 spike` */
export function describeDetections(incidents: readonly ExplainedIncident[]): string {
  const kinds = incidents.flatMap(({ incident }) => incident.detections.map(({ kind }) => kind));
  const words: Readonly<Record<DetectionKind, string>> = {
    new: 'new error',
    regressed: 'error that came back',
    spiking: 'spike',
    escalating: 'error that grows',
    disappeared: 'error that stopped',
  };
  const plural: Partial<Record<DetectionKind, string>> = {
    regressed: 'errors that came back',
    escalating: 'errors that grow',
    disappeared: 'errors that stopped',
  };
  return (Object.keys(words) as DetectionKind[])
    .map((kind) => ({ kind, count: kinds.filter((one) => one === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => counted(count, words[kind], plural[kind]))
    .join(', ');
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

function clock(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}
