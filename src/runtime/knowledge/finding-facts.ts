import { covers } from '../../core/coverage.ts';
import type { Finding, Rule } from '../../core/finding.ts';
import { type MetricValue, seriesId } from '../../core/metric.ts';
import { isOpen, type Report } from '../../core/report.ts';
import type { Store } from '../../store/store.ts';
import type { DraftFacts, MeasuredChange } from '../../workspace/knowledge/draft.ts';
import type { Catalog } from '../catalog.ts';
import { OWN_NAME } from '../own-command.ts';

/** Reports are large; the newest ones say most. */
const MAX_REPORTS = 60;
const MAX_RUNS = 1_000;
const MAX_CHANGES = 8;
const MAX_ALSO_RAN = 5;

/** What the store knows of a finding, before and after. */
export async function findingFacts(store: Store, catalog: Catalog, finding: Finding): Promise<DraftFacts> {
  const { check } = finding.verify;
  const fromMs = Date.parse(finding.firstSeen);
  const runs = store.runs.list({ fromMs, toMs: Number.MAX_SAFE_INTEGER }, MAX_RUNS);
  const isResolved = finding.state === 'resolved';
  let before: Report | undefined;
  let after: Report | undefined;
  for (const { runId } of runs.filter(({ tool }) => tool === check.tool).slice(0, MAX_REPORTS)) {
    const report = store.runs.get(runId);
    if (report === undefined) continue;
    const found = report.findings.find(({ fingerprint }) => fingerprint === finding.fingerprint);
    if (found !== undefined && isOpen(found)) {
      before = report;
      break;
    }
    // Going back in time, the last one seen is the first that came to the verdict "gone".
    if (isResolved && covers(report.coverage, finding.rule, finding.subject)) after = report;
  }
  const change = store.findings
    .changes({ fromMs, toMs: Number.MAX_SAFE_INTEGER })
    .findLast((entry) => entry.finding.fingerprint === finding.fingerprint && entry.state === 'resolved');
  const raisedBy = `${check.tool} ${before?.command ?? check.command}`;
  return {
    finding,
    rule: await ruleOf(catalog, finding),
    detectedBy: raisedBy,
    alsoRan: [
      ...new Set(runs.filter(({ tool }) => tool !== OWN_NAME).map((run) => `${run.tool} ${run.command}`)),
    ]
      .filter((line) => line !== raisedBy)
      .slice(0, MAX_ALSO_RAN),
    resolvedAt: isResolved
      ? (after?.startedAt ?? (change === undefined ? finding.lastSeen : new Date(change.atMs).toISOString()))
      : null,
    runId: (after ?? before)?.runId ?? null,
    changes: before === undefined || after === undefined ? [] : changesOf(before, after, finding),
  };
}

async function ruleOf(catalog: Catalog, { rule }: Finding): Promise<Rule | null> {
  const name = rule.slice(0, rule.indexOf('/'));
  const tool = await catalog.tools
    .find((entry) => entry.name === name)
    ?.load()
    .catch(() => undefined);
  return tool?.rules.find(({ id }) => id === rule) ?? null;
}

/** Figures of the finding's subject that both runs measured. */
function changesOf(before: Report, after: Report, { subject }: Finding): MeasuredChange[] {
  const key = ({ name, unit, attributes }: MetricValue): string =>
    seriesId({ metric: name, unit, attributes });
  const later = new Map(after.metrics.map((metric) => [key(metric), metric.value]));
  return before.metrics
    .filter(({ attributes }) => Object.values(attributes).includes(subject.name))
    .flatMap((metric) => {
      const now = later.get(key(metric));
      return metric.value === undefined || now === undefined
        ? []
        : [{ name: metric.name, unit: metric.unit, before: metric.value, after: now }];
    })
    .slice(0, MAX_CHANGES);
}
