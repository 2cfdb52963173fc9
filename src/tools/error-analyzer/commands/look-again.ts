import { formatDuration } from '../../../core/duration.ts';
import { quoteForeign } from '../../../core/text.ts';
import type { CommandContext } from '../../context.ts';
import type { ReportDraft } from '../../define.ts';
import { groupFinding, groupSubject } from '../analyze/finding.ts';
import type { ErrorGroup } from '../analyze/model.ts';
import { quietVerdict } from '../analyze/quiet.ts';
import { windowOf } from '../analyze/segments/window.ts';
import { readLogs } from '../collect/read-logs.ts';
import type { ErrorOptions } from '../options.ts';
import { RULES, ruleList } from '../rules.ts';
import type { AnalyzeData, AnalyzeInput } from './analyze.ts';
import { toGroupData } from './group-data.ts';
import { readingGaps, toReadingData } from './reading-view.ts';
import { MINUTE_MS, totalOf } from '../analyze/minutes.ts';

const DEFAULT_QUIET_MS = 15 * 60_000;

/** Whether one group is still seen: what `verify` runs. Gone needs logs that go on; silence of everything says nothing. */
export async function lookAgain(
  ctx: CommandContext<ErrorOptions>,
  asked: AnalyzeInput & { group: string },
): Promise<ReportDraft> {
  const rule = ruleList.find(({ id }) => id === asked.rule) ?? RULES.frequentError;
  const quietMs = asked.unseenFor ?? DEFAULT_QUIET_MS;
  const nowMs = ctx.clock.wallMs();
  const range = { fromMs: nowMs - quietMs, toMs: nowMs + 1 };
  const read = await readLogs(ctx, { files: asked.files, format: asked.format, range });
  // Counts are per minute: of the first one only what the group itself says of its last record is exact.
  const window = windowOf(read.documents, { ...range, fromMs: range.fromMs - MINUTE_MS }, read.edges);
  const group = window.groups.find(
    ({ id, merged }) => id === asked.group || merged.some((one) => one.id === asked.group),
  );
  const verdict = quietVerdict(window, group, { quietMs, nowMs });
  const subject = groupSubject(group ?? { id: asked.group, culprit: null });
  const records = totalOf(window.records);
  return {
    ...(verdict === 'unknown' ? { status: 'unknown' as const } : {}),
    summary: summaryOf(verdict, asked.group, group, quietMs),
    findings:
      verdict === 'stands' && group !== undefined
        ? [
            groupFinding({ ...group, id: asked.group }, rule, {
              title: `Still seen: ${quoteForeign(group.title, 160)}`,
              confidence: 'proven',
              evidence: [
                { label: `records in the last ${formatDuration(quietMs)}`, value: group.count },
                { label: 'last seen', value: new Date(group.lastMs).toISOString() },
              ],
              totalRecords: records,
              files: asked.files,
            }),
          ]
        : [],
    coverage: {
      checked: verdict === 'unknown' ? [] : [{ subject, rules: [rule.id] }],
      notChecked: [
        ...readingGaps(read.report, read.notes),
        ...(verdict === 'unknown'
          ? [
              {
                subject,
                rules: [rule.id],
                reason: `No log has a record of the last ${formatDuration(quietMs)}`,
                hint: 'Send some requests, and look again.',
              },
            ]
          : []),
      ],
    },
    sections: [],
    data: {
      from: new Date(range.fromMs).toISOString(),
      to: new Date(nowMs).toISOString(),
      records,
      errors: totalOf(window.errors),
      groupCount: group === undefined ? 0 : 1,
      groups: group === undefined ? [] : [toGroupData(group, undefined, window)],
      incidents: [],
      comparison: null,
      reading: toReadingData(read.report),
    } satisfies AnalyzeData,
  };
}

function summaryOf(
  verdict: 'gone' | 'stands' | 'unknown',
  id: string,
  group: ErrorGroup | undefined,
  quietMs: number,
): string {
  const time = formatDuration(quietMs);
  if (verdict === 'stands') return `${id} is still seen: ${group?.count ?? 0} in the last ${time}`;
  if (verdict === 'gone') return `${id} was not seen in the last ${time}, while logs went on`;
  return `Nobody wrote a log in the last ${time}: whether ${id} is gone cannot be said`;
}
