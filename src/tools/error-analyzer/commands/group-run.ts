import { resolve } from 'node:path';
import { counted } from '../../../core/counted.ts';
import { withoutPersonalData } from '../../../core/personal-data.ts';
import type { CommandContext } from '../../context.ts';
import type { ReportDraft } from '../../define.ts';
import type { RuleTake } from '../analyze/grouping/rule-edges.ts';
import { type Assigned, assignGroups } from '../collect/assign.ts';
import { passRecords } from '../collect/pass-records.ts';
import { exceptionOptions, readGrouping, readRules } from '../collect/grouping.ts';
import { createRecordGroups, type RecordGroup } from '../collect/record-groups.ts';
import { createRecordList, type RecordList } from '../collect/record-list.ts';
import type { ReadingReport } from '../collect/types.ts';
import type { ErrorOptions } from '../options.ts';
import { groupSections } from './group-view.ts';
import type { GroupCommandData, GroupInput } from './group.ts';
import { readingGaps, toReadingData } from './reading-view.ts';

type Context = CommandContext<ErrorOptions>;

/** Records of which a report tells the group. */
const MAX_IN_REPORT = 20_000;
/** Records of which a file does: its text is made in memory. */
const MAX_IN_FILE = 5_000_000;

/** Throws E_NOTHING_TO_CHECK where no logs are named, E_GROUPING_INVALID, E_OUTPUT_WRITE. */
export async function runGroup(ctx: Context, asked: GroupInput): Promise<ReportDraft> {
  const configured = await readGrouping(ctx);
  const rules =
    asked.rules === undefined ? configured.rules : await readRules(ctx, resolve(ctx.directory, asked.rules));
  const redact = withoutPersonalData(ctx.redactor);
  const exceptions = exceptionOptions(ctx, configured.sourceMaps);
  const groups = createRecordGroups({ redact, exceptions, explain: asked.explain });
  const list = createRecordList(asked.assign ? MAX_IN_FILE : 0);
  const report = await passRecords(ctx, asked, (record) => list.add(groups.add(record), record.stream.name));
  const assigned = assignGroups(ctx, groups.groups, { rules, isTrial: asked.dryRun });
  const rootIds = groups.groups.map(({ id }) => assigned.families.rootOf(id));
  if (asked.assign && asked.to !== undefined)
    await ctx.files.writeText(resolve(ctx.directory, asked.to), linesOf(list, rootIds));
  return draftOf(asked, {
    report,
    assigned,
    list,
    rootIds,
    notes: configured.notes,
    ofRecords: groups.groups,
  });
}

interface Grouped {
  report: ReadingReport;
  assigned: Assigned;
  list: RecordList;
  /** By the index in `ofRecords`. */
  rootIds: readonly string[];
  notes: readonly string[];
  ofRecords: readonly RecordGroup[];
}

function draftOf(asked: GroupInput, grouped: Grouped): ReportDraft {
  const { report, assigned, list, rootIds } = grouped;
  const shown = assigned.groups.slice(0, asked.limit);
  const inReport = asked.to === undefined ? Math.min(list.size, MAX_IN_REPORT) : 0;
  const data: GroupCommandData = {
    records: report.records,
    groupCount: assigned.groups.length,
    groups: shown.map(({ merged, steps, ...group }) => ({
      ...group,
      merged: [...merged],
      explanation: asked.explain ? explanationOf({ merged, steps, id: group.id }) : null,
    })),
    assigned: asked.assign
      ? Array.from({ length: inReport }, (_, record) => rootIds[list.group(record)] ?? '')
      : null,
    assignedCount: asked.to === undefined ? inReport : list.size,
    rules: assigned.takes.map((take) => ruleData(take, grouped)),
    reading: toReadingData(report),
  };
  const streams = report.streams.filter(({ records }) => records > 0);
  return {
    ...(report.records === 0 ? { status: 'unknown' as const } : {}),
    summary: `${counted(report.records, 'record')} in ${counted(assigned.groups.length, 'group')}`,
    findings: [],
    coverage: {
      checked: streams.map(({ stream }) => ({ subject: { kind: 'target', name: stream }, rules: [] })),
      notChecked: [
        ...readingGaps(report, grouped.notes),
        ...(asked.assign && data.assignedCount < report.records
          ? [
              {
                reason: `The group of ${counted(report.records - data.assignedCount, 'record')} is not told`,
                ...(asked.to === undefined
                  ? { hint: 'With --to, a file has those of up to 5,000,000 records.' }
                  : {}),
              },
            ]
          : []),
      ],
    },
    sections: groupSections(data, asked, inReport > 0 ? linesOf(list, rootIds, inReport) : ''),
    data,
    ...(asked.assign && asked.to !== undefined ? { artifacts: [{ kind: 'groups', path: asked.to }] } : {}),
  };
}

function explanationOf({
  steps,
  merged,
  id,
}: {
  steps: readonly string[];
  merged: readonly { id: string; reason: string }[];
  id: string;
}): string[] {
  return [
    ...steps,
    ...(steps.length === 0 ? [] : [`${id} is the hash of these`]),
    ...merged.map((one) => `${one.id} belongs to it: ${one.reason}`),
  ];
}

function ruleData({ name, groups }: RuleTake, { ofRecords }: Grouped): GroupCommandData['rules'][number] {
  const taken = new Set(groups.map(({ id }) => id));
  const here = ofRecords.filter(({ id, count }) => count > 0 && taken.has(id));
  return {
    rule: name,
    groups: here.map(({ id }) => id),
    records: here.reduce((sum, { count }) => sum + count, 0),
  };
}

/** One line for each record, as `--assign` says. */
function linesOf(list: RecordList, rootIds: readonly string[], count = list.size): string {
  const hasStreams = list.streams.length > 1;
  const lines: string[] = [];
  for (let record = 0; record < count; record += 1) {
    const stream = hasStreams ? `\t${list.stream(record)}` : '';
    lines.push(`${record + 1}\t${rootIds[list.group(record)] ?? ''}${stream}\n`);
  }
  return lines.join('');
}
