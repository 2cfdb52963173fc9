import type { DependencyGraph } from '../../../core/dependency-graph.ts';
import type { BackendEvent } from '../../../core/event.ts';
import type { Finding } from '../../../core/finding.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import { isOpen } from '../../../core/report.ts';
import { capText, oneLine } from '../../../core/text.ts';
import type { Explanation, Statement } from './explanation.ts';
import { CAUSE_RULES } from './rules.ts';
import { beganMs, type Begins, FRESH_MS, type Symptoms, symptomsOf } from './symptoms.ts';

/** What all tools and the store know at this moment. */
export interface IncidentEvidence {
  findings: readonly Finding[];
  begins: Begins;
  /** Of the last hours. */
  events: readonly BackendEvent[];
  graph: DependencyGraph;
  /** Names of endpoints that were checked and are well. */
  healthyEndpoints: readonly string[];
  nowMs: number;
}

/** A change this long before the first symptom is not thought of any more. */
const MAX_LEAD_MS = FRESH_MS;
/** Looks are not taken at the same moment: a cause may be seen a little after what it causes. */
const SLACK_MS = 2 * 60_000;
/** Fewer points explain nothing. */
const MIN_SCORE = 0.3;
const MAX_EXPLANATIONS = 5;

/**
 * What could be behind what users feel, likeliest first: each candidate with what speaks for it, what speaks against it, and the command that would decide.
 * None where nothing is felt or nothing fits: an incident without a known cause is told as one. The weights order explanations; they are no probabilities.
 */
export function explainIncident(evidence: IncidentEvidence): Explanation[] {
  const symptoms = symptomsOf(evidence.findings, evidence.begins, evidence.nowMs);
  if (symptoms.findings.length === 0) return [];
  const candidates = [
    ...evidence.events.flatMap((event) => changeCandidate(event, symptoms, evidence)),
    ...evidence.findings.filter(isOpen).flatMap((finding) => findingCandidate(finding, symptoms, evidence)),
  ];
  return candidates
    .map((candidate) => ({ ...candidate, score: scoreOf(candidate) }))
    .filter(({ score }) => score >= MIN_SCORE)
    .toSorted((a, b) => b.score - a.score || (a.title < b.title ? -1 : 1))
    .slice(0, MAX_EXPLANATIONS);
}

type Candidate = Omit<Explanation, 'score'>;

function scoreOf({ evidence, against }: Candidate): number {
  const sum = [...evidence, ...against].reduce((total, { weight }) => total + weight, 0);
  return Math.round(100 * Math.min(1, Math.max(0, sum))) / 100;
}

function statement(text: string, weight: number, findings: readonly Finding[] = []): Statement {
  return { text, weight, findings: findings.map(({ id }) => id) };
}

function changeCandidate(
  event: BackendEvent,
  symptoms: Symptoms,
  { healthyEndpoints }: IncidentEvidence,
): Candidate[] {
  const isChange = ['deploy', 'migration', 'config-change', 'restart'].includes(event.kind);
  const sinceMs = symptoms.sinceMs ?? event.atMs;
  if (!isChange || sinceMs - event.atMs > MAX_LEAD_MS || event.atMs - sinceMs > MAX_LEAD_MS) return [];
  const touched = symptoms.findings.filter(
    ({ subject }) => event.target === undefined || subject.name.startsWith(event.target),
  );
  const isBefore = event.atMs <= sinceMs + SLACK_MS;
  const lead = Math.max(0, sinceMs - event.atMs);
  const regression = symptoms.findings.filter(({ rule }) => /regression|new-error/.test(rule));
  return [
    {
      kind: event.kind === 'deploy' ? 'deploy' : 'change',
      title: capText(oneLine(event.title), 120),
      sinceMs: event.atMs,
      evidence: [
        ...(isBefore
          ? [statement(whenItHappened(event.atMs - sinceMs), lead < 15 * 60_000 ? 0.45 : 0.25)]
          : []),
        ...(regression.length > 0
          ? [statement('What is felt is new, or slower than before.', 0.2, regression)]
          : []),
        ...(event.target !== undefined && touched.length > 0
          ? [
              statement(
                `It touched ${event.target}; ${counted(touched.length, 'symptom')} there.`,
                0.15,
                touched,
              ),
            ]
          : []),
      ],
      against: [
        ...(isBefore
          ? []
          : [statement('The first symptom was there before it.', -0.6, symptoms.findings.slice(0, 3))]),
        ...(touched.length === 0 ? [statement('Nothing of what it touched is a symptom.', -0.4)] : []),
        ...(healthyEndpoints.length > symptoms.endpoints.length && symptoms.endpoints.length > 0
          ? [
              statement(
                `Of the same release, ${counted(healthyEndpoints.length, 'endpoint')} are well.`,
                -0.05,
              ),
            ]
          : []),
      ],
      decide:
        event.kind === 'deploy'
          ? 'rearguard api-health-monitor post-deploy-check'
          : 'rearguard api-health-monitor status',
    },
  ];
}

/** A deployment is recorded when it is done, and its first instances serve before that. */
function whenItHappened(afterMs: number): string {
  return afterMs > 0
    ? `It was recorded ${formatDuration(afterMs)} after the first symptom was seen, no longer than one takes.`
    : `It happened ${formatDuration(-afterMs)} before the first symptom was seen.`;
}

function findingCandidate(
  finding: Finding,
  symptoms: Symptoms,
  { begins, graph, healthyEndpoints }: IncidentEvidence,
): Candidate[] {
  const cause = CAUSE_RULES.get(finding.rule);
  if (cause === undefined) return [];
  const others = symptoms.findings.filter(({ id }) => id !== finding.id);
  // An error is a symptom, too: it explains something only where there is something else to explain.
  if (others.length === 0) return [];
  const beginMs = beganMs(finding, begins);
  const sinceMs = symptoms.sinceMs ?? beginMs;
  const reached = others.filter((symptom) => reaches(finding, symptom, graph, cause.kind));
  const spared = healthyEndpoints.filter(
    (name) =>
      cause.kind === 'dependency' &&
      graph.causesOf({ kind: 'endpoint', name }).includes(finding.subject.name),
  );
  const isLate = beginMs > sinceMs + SLACK_MS;
  return [
    {
      kind: cause.kind,
      title: capText(oneLine(finding.title), 120),
      sinceMs: beginMs,
      evidence: [
        statement(`${finding.severity}, ${finding.confidence}.`, cause.weight, [finding]),
        ...(reached.length > 0
          ? [
              statement(
                `Of ${counted(others.length, 'symptom')}, ${reached.length} would follow from it.`,
                0.25 + 0.25 * (reached.length / others.length),
                reached,
              ),
            ]
          : []),
        ...(isLate || finding.state === 'ongoing' ? [] : [statement('It is new, as what is felt.', 0.1)]),
      ],
      against: [
        ...(isLate
          ? [
              statement(
                `It was first seen ${formatDuration(beginMs - sinceMs)} after the first symptom.`,
                -0.25,
              ),
            ]
          : []),
        ...(finding.state === 'ongoing' && beginMs < sinceMs - MAX_LEAD_MS
          ? [statement('It has been there much longer than what is felt.', -0.3)]
          : []),
        ...(spared.length > 0 ? [statement(`Of those who need it, ${spared.length} are well.`, -0.2)] : []),
        ...(reached.length === 0 ? [statement('Nothing ties it to what is felt.', -0.1)] : []),
      ],
      decide: finding.verify.argv.join(' '),
    },
  ];
}

/** Whether a symptom would follow if this were the cause: by who needs whom, by the database they share, by the words of the error. */
function reaches(
  cause: Finding,
  symptom: Finding,
  graph: DependencyGraph,
  kind: Explanation['kind'],
): boolean {
  if (kind === 'dependency') {
    return (
      graph.causesOf(symptom.subject).includes(cause.subject.name) ||
      mentions(symptom, cause.subject.name) ||
      failAlike(cause, symptom)
    );
  }
  if (kind === 'error') return endpointWords(symptom).some((path) => mentions(cause, path));
  // Locks, pools and slow statements show as time and as timeouts; the finding names the routes where it knows them.
  const routes = endpointWords(symptom);
  if (routes.some((path) => mentions(cause, path))) return true;
  return /latency|slow|no-response|error-rate|timeout/i.test(`${symptom.rule} ${symptom.title}`);
}

/** How a dependency fails, in its finding's words and in those of the errors that clients log. */
const WAYS_TO_FAIL = [
  /refuse|ECONNREFUSED/i,
  /time.?out|no.?response|ETIMEDOUT/i,
  /reset|ECONNRESET/i,
  /ENOTFOUND|EAI_AGAIN|dns/i,
] as const;

function failAlike(cause: Finding, symptom: Finding): boolean {
  if (symptom.subject.kind !== 'error') return false;
  return WAYS_TO_FAIL.some((way) => way.test(cause.title) && way.test(symptom.title));
}

function endpointWords({ subject }: Finding): string[] {
  return subject.kind === 'endpoint' ? [subject.name.split(' ').slice(-1)[0] ?? subject.name] : [];
}

function mentions(finding: Finding, word: string): boolean {
  const texts = [
    finding.title,
    ...finding.evidence.flatMap(({ value, sample }) => [String(value), sample ?? '']),
  ];
  return word.length > 2 && texts.some((text) => text.includes(word));
}
