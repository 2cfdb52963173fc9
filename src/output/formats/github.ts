import { compareFindings, type Finding } from '../../core/finding.ts';
import type { Report } from '../../core/report.ts';
import type { Severity } from '../../core/severity.ts';
import { oneLine } from '../../core/text.ts';
import { commandLine } from '../command-line.ts';
import { withoutWorkflowCommands } from '../harmless.ts';
import { evidenceLines } from '../../core/quantity.ts';
import { lessonsOf, notCheckedText, openFindings, verdictParts } from '../values.ts';
import { fileOf } from './sarif.ts';

type Level = 'error' | 'warning' | 'notice';

const LEVEL: Readonly<Record<Severity, Level>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
};

/** As far as known, the service shows this many annotations of each level per step. */
const MAX_PER_LEVEL = 10;

/** Workflow commands, worst first, then one line that says what there is in all. */
export function renderGithub(report: Report): string {
  const annotations = [
    ...failures(report),
    ...openFindings(report).toSorted(compareFindings).map(annotationOf),
  ];
  const shown = new Map<Level, number>();
  const lines: string[] = [];
  for (const { level, line } of annotations) {
    const count = (shown.get(level) ?? 0) + 1;
    shown.set(level, count);
    if (count <= MAX_PER_LEVEL) lines.push(line);
  }
  const left = [...shown]
    .filter(([, count]) => count > MAX_PER_LEVEL)
    .map(([level, count]) => `${count - MAX_PER_LEVEL} more at level ${level}`);
  const { verdict, facts } = verdictParts(report);
  const summary = oneLine(
    [`rearguard ${report.tool} ${report.command}: ${verdict}`, ...facts, ...left].join(', '),
  );
  return `${[...lines, withoutWorkflowCommands(summary)].join('\n')}\n`;
}

function failures(report: Report): { level: Level; line: string }[] {
  const unmeasured = report.coverage.notChecked.map((entry) => ({
    level: 'warning' as const,
    line: annotation('warning', { title: 'Not checked' }, notCheckedText(entry)),
  }));
  const { error } = report;
  if (error === undefined) return report.status === 'unknown' ? unmeasured : [];
  const line = annotation(
    'error',
    { title: error.code },
    [error.message, error.hint ?? ''].join('\n').trim(),
  );
  return [{ level: 'error', line }, ...unmeasured];
}

function annotationOf(finding: Finding): { level: Level; line: string } {
  const level = LEVEL[finding.severity];
  const file = fileOf(finding.subject);
  const properties = {
    ...(file === undefined ? {} : { file: file.path }),
    ...(file?.line === undefined ? {} : { line: String(file.line) }),
    title: `${finding.severity}: ${oneLine(finding.title)}`,
  };
  const message = [
    `${finding.subject.kind} ${oneLine(finding.subject.name)} (${finding.rule}, ${finding.state})`,
    ...evidenceLines(finding.evidence),
    ...lessonsOf(finding).map((lesson) => `Seen before: ${lesson}`),
    `Fix: ${oneLine(finding.fix.summary)}`,
    `Verify: ${commandLine(finding.verify.argv)}`,
  ].join('\n');
  return { level, line: annotation(level, properties, message) };
}

function annotation(level: Level, properties: Readonly<Record<string, string>>, message: string): string {
  const list = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
  return `::${level} ${list.join(',')}::${escapeMessage(message)}`;
}

function escapeMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('##[', '♯♯[');
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
