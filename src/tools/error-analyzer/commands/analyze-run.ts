import { counted } from '../../../core/counted.ts';
import type { Coverage } from '../../../core/coverage.ts';
import type { CommandContext } from '../../context.ts';
import type { ReportDraft } from '../../define.ts';
import { findingsOf, describeDetections } from '../analyze/assess.ts';
import { compareWindows } from '../analyze/compare.ts';
import type { LogWindow } from '../analyze/model.ts';
import { windowOf } from '../analyze/segments/window.ts';
import { coverageOfGroups } from '../collect/coverage.ts';
import { concludeErrors, type ErrorsFound } from '../collect/errors.ts';
import { type LogsRead, rangeOfFiles, readLogs } from '../collect/read-logs.ts';
import { insightsOf } from '../insights.ts';
import type { ErrorOptions } from '../options.ts';
import { analyzeSections } from './analyze-view.ts';
import type { AnalyzeData, AnalyzeInput } from './analyze.ts';
import { type Comparison, comparisonSection, toComparisonData } from './compare-view.ts';
import { toGroupData, toIncidentData } from './group-data.ts';
import { commandOn } from '../analyze/command-lines.ts';
import { lookAgain } from './look-again.ts';
import { readingGaps, readingSection, toReadingData } from './reading-view.ts';
import { totalOf } from '../analyze/minutes.ts';

type Context = CommandContext<ErrorOptions>;

const DEFAULT_SINCE_MS = 24 * 3_600_000;

export async function runAnalyze(ctx: Context, asked: AnalyzeInput): Promise<ReportDraft> {
  if (asked.group !== undefined) return lookAgain(ctx, { ...asked, group: asked.group });
  const isAlone = asked.files.length > 0;
  const nowMs = ctx.clock.wallMs();
  const sinceMs = asked.since ?? DEFAULT_SINCE_MS;
  const wanted = { fromMs: nowMs - sinceMs - (asked.compare ?? 0), toMs: nowMs + 1 };
  const read = await readLogs(ctx, {
    files: asked.files,
    format: asked.format,
    // Files end when they end; how far back they go is only known afterwards.
    range: isAlone ? { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY } : wanted,
  });
  const range = isAlone ? rangeOfFiles(read, asked.since) : { fromMs: nowMs - sinceMs, toMs: nowMs + 1 };
  if (range === null) return nothingRead(read, asked);
  const found = concludeErrors(ctx, read.documents, read.edges, range);
  if (found.window.records.length === 0) return nothingRead(read, asked);
  return report(ctx, asked, read, found);
}

function report(ctx: Context, asked: AnalyzeInput, read: LogsRead, found: ErrorsFound): ReportDraft {
  const { window, history, incidents } = found;
  const findings = findingsOf({ ...found, options: ctx.options, files: asked.files });
  const errorGroups = window.groups.filter(({ isError }) => isError);
  const shown = errorGroups.slice(0, asked.limit);
  const comparison = comparisonOf(asked, read, window);
  const data: AnalyzeData = {
    from: iso(window.fromMs),
    to: iso(window.toMs),
    records: totalOf(window.records),
    errors: totalOf(window.errors),
    groupCount: errorGroups.length,
    groups: shown.map((group) => toGroupData(group, history.get(group.id), window)),
    incidents: incidents.map(toIncidentData),
    comparison: comparison === null ? null : toComparisonData(comparison, asked.limit),
    reading: toReadingData(read.report),
  };
  return {
    summary: summarise(data, describeDetections(incidents)),
    findings,
    coverage: coverageOfGroups(ctx, {
      findings,
      found,
      isWhole: asked.files.length === 0,
      gaps: readingGaps(read.report, read.notes),
    }),
    insights: insightsOf(incidents, findings, window),
    metrics: [
      { name: 'log.records', kind: 'gauge', unit: '1', attributes: {}, value: data.records },
      { name: 'log.errors', kind: 'gauge', unit: '1', attributes: {}, value: data.errors },
      { name: 'log.error_groups', kind: 'gauge', unit: '1', attributes: {}, value: data.groupCount },
    ],
    sections: [
      ...analyzeSections(window, incidents, shown, { history, omitted: errorGroups.length - shown.length }),
      ...(comparison === null ? [] : comparisonSection(comparison, asked.limit)),
      ...readingSection(read.report),
    ],
    data,
    next: nextCommands(found, shown[0]?.id, asked.files),
  };
}

function comparisonOf(asked: AnalyzeInput, read: LogsRead, window: LogWindow): Comparison | null {
  if (asked.compare === undefined) return null;
  const range = { fromMs: window.fromMs - asked.compare, toMs: window.fromMs };
  const before = windowOf(read.documents, range, read.edges);
  // Where logs begin later, the rate before is of what there is.
  const [firstMinute] = before.records[0] ?? [];
  const known = { ...before, fromMs: Math.max(range.fromMs, (firstMinute ?? 0) * 60_000) };
  return { range, changes: firstMinute === undefined ? [] : compareWindows(known, window) };
}

/** Nothing seen is not "no errors". */
function nothingRead(read: LogsRead, asked: AnalyzeInput): ReportDraft {
  const newest = read.report.streams.length === 0 ? 'No log was found' : 'No record lies in this time';
  const reason = `${newest}${asked.files.length > 0 ? ` in ${asked.files.join(', ')}` : ''}`;
  const coverage: Coverage = {
    checked: [],
    notChecked: [
      ...readingGaps(read.report, read.notes),
      {
        reason,
        hint: 'Look farther back with --since, or see whether the sources of the config are where logs are written.',
      },
    ],
  };
  return {
    status: 'unknown',
    summary: `${reason}: nothing can be said about errors.`,
    findings: [],
    coverage,
    sections: readingSection(read.report),
    data: {
      from: null,
      to: null,
      records: 0,
      errors: 0,
      groupCount: 0,
      groups: [],
      incidents: [],
      comparison: null,
      reading: toReadingData(read.report),
    } satisfies AnalyzeData,
  };
}

function summarise({ records, errors, groupCount }: AnalyzeData, changes: string): string {
  const what = `${counted(errors, 'error')} in ${counted(groupCount, 'group')} among ${counted(records, 'record')}`;
  return changes === '' ? `${what}; nothing new` : `${what}: ${changes}`;
}

function nextCommands(
  { incidents }: ErrorsFound,
  mostFrequent: string | undefined,
  files: readonly string[],
): string[] {
  const first = incidents[0]?.incident.detections[0]?.group ?? mostFrequent;
  return [
    ...(first === undefined ? [] : [commandOn('show', first, files)]),
    ...incidents.slice(0, 1).flatMap(({ cause }) => cause.candidates.flatMap(({ next }) => next ?? [])),
  ].slice(0, 3);
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
