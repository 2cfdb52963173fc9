import type { Finding, Rule } from '../../core/finding.ts';
import { escapeMarkdown, fenced, inlineCode } from '../../core/markdown.ts';
import { evidenceLines, formatQuantity } from '../../core/quantity.ts';
import { capText } from '../../core/text.ts';
import { toComplete } from './draft-words.ts';
import type { KnowledgeEntry } from './entry.ts';

/** What was measured of one figure while the finding stood and after it was gone. */
export interface MeasuredChange {
  name: string;
  unit: string;
  before: number;
  after: number;
}

/** What is known of a finding. */
export interface DraftFacts {
  finding: Finding;
  /** Null where its tool is no longer there. */
  rule: Rule | null;
  /** `database-performance-tracker analyze`, the command that raises it. */
  detectedBy: string;
  /** Other commands of tools that ran while it stood. */
  alsoRan: readonly string[];
  /** `2026-11-28T10:12:00.000Z`; null while it stands. */
  resolvedAt: string | null;
  /** Run its newest figures come from. */
  runId: string | null;
  changes: readonly MeasuredChange[];
}

const MAX_TITLE = 120;
const MAX_EVIDENCE = 8;
const MAX_PATCH = 4_000;

/** A lesson from what was measured; what only a person can say is marked. Text of the backend cannot leave its place. */
export function draftEntry(
  facts: DraftFacts,
  rest: Pick<KnowledgeEntry, 'id' | 'date' | 'author' | 'reviewBy' | 'tags'>,
): KnowledgeEntry {
  const { finding, runId } = facts;
  return {
    ...rest,
    kind: 'incident',
    title: capText(finding.title, MAX_TITLE),
    runId,
    matches: { findings: [finding.id], patterns: [] },
    fields: {
      'Detection Tools': detection(facts),
      'Investigation Tools': investigation(facts),
      'Root Cause': rootCause(finding),
      Solution: solution(facts),
      Prevention: `${verifyLine(finding)}; ${toComplete('what keeps it from coming back')}`,
      'System Pattern': pattern(facts),
      'Tool Evolution': toComplete('which tool or check was added or sharpened, or that none was'),
      'Solution Authority': authority(finding),
      'Scalability Impact': impact(finding),
      'Security Considerations': toComplete('what it means for security, or that it means nothing'),
      'Tool Integration': `${inlineCode(`rearguard ${facts.detectedBy}`)} looks for it by the rule ${inlineCode(finding.rule)}.`,
    },
  };
}

function detection({ finding, detectedBy }: DraftFacts): string {
  return `${inlineCode(`rearguard ${detectedBy}`)} found it by the rule ${inlineCode(finding.rule)}, first on ${day(finding.firstSeen)} (${inlineCode(finding.id)}, ${finding.severity}, ${finding.confidence}).`;
}

function investigation({ alsoRan }: DraftFacts): string {
  const ran = alsoRan.map((line) => inlineCode(`rearguard ${line}`)).join(', ');
  return [...(ran === '' ? [] : [`Run while it stood: ${ran}.`]), toComplete('what showed the cause')].join(
    ' ',
  );
}

function rootCause(finding: Finding): string {
  const { subject } = finding;
  return [
    toComplete('why it came about'),
    '',
    `Measured on ${day(finding.lastSeen)} at ${subject.kind} ${inlineCode(subject.name)}:`,
    '',
    ...evidenceLines(finding.evidence.slice(0, MAX_EVIDENCE)).map((line) => `- ${escapeMarkdown(line)}`),
  ].join('\n');
}

function solution({ finding, resolvedAt, changes }: DraftFacts): string {
  const { summary, patch } = finding.fix;
  const gone =
    resolvedAt === null
      ? toComplete(`what was done, and what changed once ${finding.id} is gone; it stands`)
      : `Gone on ${day(resolvedAt)}. ${toComplete('what was done')}`;
  return [
    gone,
    '',
    `Proposed: ${escapeMarkdown(summary)}`,
    ...(patch === undefined ? [] : ['', fenced(capText(patch.trimEnd(), MAX_PATCH))]),
    ...(changes.length === 0 ? [] : ['', ...changes.map(changeLine)]),
  ].join('\n');
}

function changeLine({ name, unit, before, after }: MeasuredChange): string {
  const share = before === 0 ? '' : ` (${signed(Math.round(((after - before) / before) * 100))} %)`;
  return `- ${escapeMarkdown(name)}: ${formatQuantity(before, unit)} before, ${formatQuantity(after, unit)} after${share}`;
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : String(value);
}

function pattern({ rule }: DraftFacts): string {
  if (rule === null) return toComplete('what kind of fault it is');
  return `${escapeMarkdown(rule.title)}. ${escapeMarkdown(rule.help)}`;
}

function authority(finding: Finding): string {
  const steps = finding.fix.steps.map((step, index) => `${index + 1}. ${escapeMarkdown(step)}`);
  if (steps.length === 0) return `${escapeMarkdown(finding.fix.summary)} ${verifyLine(finding)}.`;
  return [...steps, '', `${verifyLine(finding)}.`].join('\n');
}

function impact({ impact: measured }: Finding): string {
  const missing = toComplete('what it does to the system under load');
  return measured === undefined
    ? missing
    : `${escapeMarkdown(measured.summary.replace(/\.$/, ''))} (${measured.basis}). ${missing}`;
}

function verifyLine({ id }: Finding): string {
  return `${inlineCode(`rearguard verify ${id}`)} proves that it is gone`;
}

function day(iso: string): string {
  return iso.slice(0, 10);
}
