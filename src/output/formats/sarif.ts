import type { Finding, FindingState, Rule, Subject } from '../../core/finding.ts';
import type { Report } from '../../core/report.ts';
import type { Severity } from '../../core/severity.ts';
import { commandLine } from '../command-line.ts';
import type { RenderOptions } from '../options.ts';
import { evidenceLines } from '../../core/quantity.ts';
import { notCheckedText } from '../values.ts';

const LEVEL: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** SARIF 2.1.0, 3.27.24. A finding that came back after it was resolved is `updated`. */
const BASELINE_STATE: Readonly<Record<FindingState, 'new' | 'unchanged' | 'updated' | 'absent'>> = {
  new: 'new',
  ongoing: 'unchanged',
  regressed: 'updated',
  resolved: 'absent',
  muted: 'unchanged',
};

/** One run, the rules in its driver, results sorted by where they are. */
export function renderSarif(report: Report, options: RenderOptions): string {
  const rules = catalogue(report.findings, options.rules);
  const results = report.findings
    .toSorted((a, b) => compareText(place(a), place(b)) || compareText(a.id, b.id))
    .map((finding) => resultOf(finding, rules));
  const run = {
    tool: { driver: { name: 'Rearguard', rules: rules.map(descriptorOf) } },
    automationDetails: { id: `${report.tool}/${report.command}/${report.runId}` },
    invocations: [
      {
        executionSuccessful: report.error === undefined,
        startTimeUtc: report.startedAt,
        toolExecutionNotifications: report.coverage.notChecked.map((entry) => ({
          level: 'warning',
          message: { text: `Not checked: ${notCheckedText(entry)}` },
        })),
        toolConfigurationNotifications: report.diagnostics.map(({ level, message }) => ({
          level,
          message: { text: message },
        })),
      },
    ],
    columnKind: 'utf16CodeUnits',
    results,
  };
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
  return `${JSON.stringify(log, null, options.pretty === true ? 2 : undefined)}\n`;
}

type Descriptor = Pick<Rule, 'id' | 'title'> & Partial<Rule>;

/** The known rules, and a bare entry for each rule of a finding that is not among them. */
function catalogue(findings: readonly Finding[], rules: readonly Rule[]): Descriptor[] {
  const known = new Map<string, Descriptor>(rules.map((rule) => [rule.id, rule]));
  for (const { rule } of findings) if (!known.has(rule)) known.set(rule, { id: rule, title: rule });
  return [...known.values()];
}

function descriptorOf(rule: Descriptor) {
  const { id, title, severity, help, fix } = rule;
  return {
    id,
    name: id.slice(id.indexOf('/') + 1),
    shortDescription: { text: title },
    ...(help === undefined
      ? {}
      : { fullDescription: { text: help }, help: { text: `${help}\n\n${fix ?? ''}`.trim() } }),
    ...(severity === undefined ? {} : { defaultConfiguration: { level: LEVEL[severity] } }),
  };
}

function resultOf(finding: Finding, rules: readonly Descriptor[]) {
  const text = [
    `${finding.title}. ${evidenceLines(finding.evidence).join('; ')}.`,
    `Fix: ${finding.fix.summary}`,
  ].join('\n');
  return {
    ruleId: finding.rule,
    ruleIndex: rules.findIndex((rule) => rule.id === finding.rule),
    level: LEVEL[finding.severity],
    message: { text },
    locations: [locationOf(finding.subject)],
    partialFingerprints: { 'rearguard/v1': finding.fingerprint },
    baselineState: BASELINE_STATE[finding.state],
    ...(finding.state === 'muted' ? { suppressions: [{ kind: 'external', status: 'accepted' }] } : {}),
    properties: {
      id: finding.id,
      severity: finding.severity,
      confidence: finding.confidence,
      state: finding.state,
      verify: commandLine(finding.verify.argv),
      ...(finding.knowledge === undefined ? {} : { knowledge: finding.knowledge }),
    },
  };
}

function locationOf(subject: Subject) {
  const file = fileOf(subject);
  if (file === undefined) {
    const fullyQualifiedName = `${subject.kind} ${subject.name}`;
    return { logicalLocations: [{ name: subject.name, kind: 'resource', fullyQualifiedName }] };
  }
  const region = file.line === undefined ? {} : { region: { startLine: file.line } };
  return { physicalLocation: { artifactLocation: { uri: file.uri, uriBaseId: '%SRCROOT%' }, ...region } };
}

/** `src/a b.ts:12` as a relative URI and a line; undefined for URLs, absolute paths, and whatever is not a path. */
export function fileOf(subject: Subject): { path: string; uri: string; line?: number } | undefined {
  const match = /^(.+?)(?::(\d+))?(?::\d+)?$/.exec(subject.location ?? '');
  const path = match?.[1]?.replaceAll('\\', '/').replace(/^\.\//, '') ?? '';
  const relative = path !== '' && !/^(?:\/|[a-z]:\/|[a-z][a-z0-9+.-]*:\/\/)|(?:^|\/)\.\.(?:\/|$)/i.test(path);
  const looksLikeFile =
    subject.kind === 'file' || subject.kind === 'migration' || /^[^\s?]*\.[a-z0-9]{1,8}$/i.test(path);
  if (!relative || !looksLikeFile) return undefined;
  const uri = path.split('/').map(encodeURIComponent).join('/');
  const line = Number(match?.[2] ?? 0);
  return line > 0 ? { path, uri, line } : { path, uri };
}

function place(finding: Finding): string {
  const file = fileOf(finding.subject);
  return file === undefined
    ? `${finding.subject.kind} ${finding.subject.name}`
    : `${file.uri}:${String(file.line ?? 0).padStart(8, '0')}`;
}

/** By code unit, so that the order does not depend on the machine's language. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
