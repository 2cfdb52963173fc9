import type { Finding, Rule, Subject } from '../../core/finding.ts';
import type { Report } from '../../core/report.ts';
import { isAtLeast, type Severity } from '../../core/severity.ts';
import { commandLine } from '../command-line.ts';
import { escapeXml } from '../escape.ts';
import type { RenderOptions } from '../options.ts';
import { evidenceLines } from '../../core/quantity.ts';
import { lessonsOf, samplesOf } from '../values.ts';

type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

interface Case {
  suite: string;
  className: string;
  name: string;
  outcome: Outcome;
  message: string;
  body: string;
}

/** A suite per tool, a case per rule and subject. What could not be measured is an error, or skipped when the rest could. */
export function renderJunit(report: Report, options: RenderOptions): string {
  const cases = casesOf(report, options.rules, options.failOn ?? 'high');
  const suites = new Map<string, Case[]>();
  for (const entry of cases) suites.set(entry.suite, [...(suites.get(entry.suite) ?? []), entry]);
  const seconds = (report.durationMs / 1_000).toFixed(3);
  const body = [...suites].map(
    ([suite, entries]) =>
      `  <testsuite ${attributes({ name: suite, ...tally(entries), time: seconds, timestamp: report.startedAt })}>\n` +
      `${entries.map(renderCase).join('')}  </testsuite>\n`,
  );
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<testsuites ${attributes({ name: `rearguard ${report.tool} ${report.command}`, ...tally(cases), time: seconds })}>\n` +
    `${body.join('')}</testsuites>\n`
  );
}

function casesOf(report: Report, rules: readonly Rule[], failOn: Severity): Case[] {
  const titles = new Map(rules.map((rule) => [rule.id, rule.title]));
  const cases = new Map<string, Case>();
  const blank = (rule: string, subject: Pick<Subject, 'kind' | 'name'>): Case => ({
    suite: rule.includes('/') ? rule.slice(0, rule.indexOf('/')) : report.tool,
    className: rule,
    name: `${titles.get(rule) ?? rule}: ${subject.kind} ${subject.name}`,
    outcome: 'passed',
    message: '',
    body: '',
  });
  const key = (rule: string, subject: Pick<Subject, 'kind' | 'name'>) =>
    JSON.stringify([rule, subject.kind, subject.name]);
  for (const { subject, rules: checked } of report.coverage.checked) {
    for (const rule of checked) cases.set(key(rule, subject), blank(rule, subject));
  }
  for (const finding of report.findings) {
    if (finding.state === 'resolved') continue;
    cases.set(key(finding.rule, finding.subject), {
      ...blank(finding.rule, finding.subject),
      outcome:
        finding.state === 'muted' ? 'skipped' : isAtLeast(finding.severity, failOn) ? 'failure' : 'passed',
      message: finding.state === 'muted' ? 'muted' : finding.title,
      body: describe(finding),
    });
  }
  const unmeasured: Outcome = report.status === 'unknown' ? 'error' : 'skipped';
  for (const [index, entry] of report.coverage.notChecked.entries()) {
    const subject = entry.subject ?? { kind: 'target' as const, name: `part ${index + 1}` };
    for (const rule of entry.rules ?? ['not-checked']) {
      // What was found stands, also where the rule could not be finished.
      if (cases.get(key(rule, subject))?.outcome === 'failure') continue;
      const body = [entry.reason, entry.hint ?? ''].join('\n').trim();
      const missed = { ...blank(rule, subject), outcome: unmeasured, message: entry.reason, body };
      cases.set(key(rule, subject), missed);
    }
  }
  if (report.error !== undefined) {
    const { code, message, hint } = report.error;
    const failed = blank(code, { kind: 'target', name: report.tool });
    cases.set(code, { ...failed, outcome: 'error', message, body: [message, hint ?? ''].join('\n').trim() });
  }
  return [...cases.values()];
}

function describe(finding: Finding): string {
  return [
    finding.title,
    ...evidenceLines(finding.evidence),
    ...samplesOf(finding).map((sample) => `sample (untrusted): ${sample}`),
    ...lessonsOf(finding).map((lesson) => `seen before: ${lesson}`),
    `fix: ${finding.fix.summary}`,
    ...finding.fix.steps.map((step, index) => `  ${index + 1}. ${step}`),
    `verify: ${commandLine(finding.verify.argv)}`,
  ].join('\n');
}

function renderCase(entry: Case): string {
  const head = `    <testcase ${attributes({ classname: entry.className, name: entry.name, time: '0' })}`;
  const body = escapeXml(entry.body);
  if (entry.outcome === 'passed') {
    return body === '' ? `${head}/>\n` : `${head}><system-out>${body}</system-out></testcase>\n`;
  }
  const detail =
    entry.outcome === 'skipped'
      ? `<skipped ${attributes({ message: entry.message })}/>`
      : `<${entry.outcome} ${attributes({ message: entry.message, type: entry.className })}>${body}</${entry.outcome}>`;
  return `${head}>${detail}</testcase>\n`;
}

function tally(cases: readonly Case[]) {
  const count = (outcome: Outcome) => cases.filter((entry) => entry.outcome === outcome).length;
  return {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escapeXml(String(value))}"`)
    .join(' ');
}
