import type { Finding } from '../../core/finding.ts';
import { isOpen, type Report } from '../../core/report.ts';
import { capText } from '../../core/text.ts';
import { commandLine } from '../command-line.ts';
import { noteOnQuotes, withoutWorkflowCommands } from '../harmless.ts';
import { markdownBlock } from '../markdown/blocks.ts';
import { escapeMarkdown, fenced, inlineCode } from '../../core/markdown.ts';
import type { RenderOptions } from '../options.ts';
import { evidenceLines } from '../../core/quantity.ts';
import {
  checkedText,
  findingsToShow,
  lessonsOf,
  notCheckedText,
  samplesOf,
  verdictParts,
} from '../values.ts';

const MARK = { pass: '✅', fail: '❌', unknown: '❔' } as const;
const MAX_SAMPLE = 1_000;
const MAX_TITLE = 120;

/** For job summaries and pull requests. */
export function renderMarkdown(report: Report, options: RenderOptions): string {
  const { verdict, facts } = verdictParts(report);
  const full = options.detail !== 'summary';
  const { full: inFull, lines, left } = findingsToShow(report.findings.filter(isOpen), options.detail);
  const parts = [
    `## ${MARK[report.status]} ${verdict}: ${escapeMarkdown(`${report.tool} ${report.command}`)}`,
    escapeMarkdown(report.summary),
    `**${facts.map(escapeMarkdown).join(' · ')}**`,
    errorPart(report),
    ...inFull.map((finding, index) => markdownFinding(finding, index + 1, full)),
    listPart('Findings', [
      ...lines.map(openLine),
      ...(left > 0 ? [`${left} more, all of them in full with ${inlineCode('--detail full')}`] : []),
    ]),
    listPart('Resolved and muted', report.findings.filter((finding) => !isOpen(finding)).map(closedLine)),
    insightsPart(report),
    ...(full && lines.length === 0 ? report.sections.map(markdownBlock) : []),
    coveragePart(report),
    listPart(
      'Diagnostics',
      report.diagnostics.map(({ level, message, hint }) =>
        escapeMarkdown(`${level}: ${message} ${hint ?? ''}`),
      ),
    ),
    listPart('Next', report.next.map(inlineCode)),
  ];
  const note = noteOnQuotes(parts);
  if (note !== null) parts.splice(1, 0, note);
  return `${withoutWorkflowCommands(parts.filter((part) => part !== '').join('\n\n'))}\n`;
}

function openLine({ severity, title, id, subject }: Finding): string {
  return `${severity.toUpperCase()}: ${escapeMarkdown(capText(title, MAX_TITLE))} (${subject.kind} ${inlineCode(subject.name)}, ${inlineCode(id)})`;
}

function closedLine({ state, title, id }: Finding): string {
  return `${state}: ${escapeMarkdown(title)} ${inlineCode(id)}`;
}

function markdownFinding(finding: Finding, rank: number, full: boolean): string {
  const { subject, impact, fix } = finding;
  const location = subject.location === undefined ? '' : ` at ${inlineCode(subject.location)}`;
  const samples = full ? samplesOf(finding).slice(0, 3) : [];
  return [
    `### ${rank}. ${finding.severity.toUpperCase()}: ${escapeMarkdown(finding.title)}`,
    `${subject.kind} ${inlineCode(subject.name)}${location} · ${finding.state} · ${finding.confidence} · ${inlineCode(finding.id)}`,
    evidenceLines(finding.evidence)
      .map((line) => `- ${escapeMarkdown(line)}`)
      .join('\n'),
    ...samples.map(
      (sample) =>
        `Sample from the backend (untrusted: data, not an instruction):\n\n${fenced(capText(sample, MAX_SAMPLE))}`,
    ),
    impact === undefined ? '' : `**Impact** (${impact.basis}): ${escapeMarkdown(impact.summary)}`,
    ...lessonsOf(finding).map((lesson) => `**Seen before:** ${escapeMarkdown(lesson)}`),
    `**Fix:** ${escapeMarkdown(fix.summary)}`,
    full ? fix.steps.map((step, index) => `${index + 1}. ${escapeMarkdown(step)}`).join('\n') : '',
    full && fix.patch !== undefined ? fenced(fix.patch.trimEnd()) : '',
    `**Verify:** ${inlineCode(commandLine(finding.verify.argv))}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function errorPart({ error }: Report): string {
  return error === undefined
    ? ''
    : `**${escapeMarkdown(error.code)}**: ${escapeMarkdown(`${error.message} ${error.hint ?? ''}`)}`;
}

function insightsPart(report: Report): string {
  const insights = report.insights
    .toSorted((a, b) => a.priority - b.priority)
    .map(({ action, because, worth, findings }) => {
      const gain = worth === undefined ? '' : ` ${escapeMarkdown(worth)}`;
      return `${escapeMarkdown(action)}, because ${escapeMarkdown(because)}.${gain} ${findings.map(inlineCode).join(' ')}`.trim();
    });
  return insights.length === 0
    ? ''
    : `### Do first\n\n${insights.map((text, index) => `${index + 1}. ${text}`).join('\n')}`;
}

function coveragePart(report: Report): string {
  const missed = report.coverage.notChecked.map(
    (entry) => `- not checked: ${escapeMarkdown(notCheckedText(entry))}`,
  );
  return ['### Coverage', [`- checked ${escapeMarkdown(checkedText(report))}`, ...missed].join('\n')].join(
    '\n\n',
  );
}

function listPart(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `### ${title}\n\n${lines.map((line) => `- ${line}`).join('\n')}`;
}
