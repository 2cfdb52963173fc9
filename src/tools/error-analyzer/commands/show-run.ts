import { RearguardError } from '../../../core/errors.ts';
import { quoteForeign } from '../../../core/text.ts';
import type { GroupMark, StoredGroup } from '../../../store/error-log-store.ts';
import type { CommandContext } from '../../context.ts';
import type { ReportDraft } from '../../define.ts';
import type { ExplainedIncident } from '../analyze/assess.ts';
import { findGroupIn } from '../analyze/grouping/find-group.ts';
import { groupSubject } from '../analyze/finding.ts';
import type { ErrorGroup } from '../analyze/model.ts';
import { concludeErrors, type ErrorsFound } from '../collect/errors.ts';
import { explainGroup } from '../collect/explain-group.ts';
import { type LogsRead, rangeOfFiles, readLogs } from '../collect/read-logs.ts';
import type { ErrorOptions } from '../options.ts';
import { toGroupData, toIncidentData } from './group-data.ts';
import { commandOn } from '../analyze/command-lines.ts';
import { readingGaps, toReadingData } from './reading-view.ts';
import { showSections } from './show-view.ts';
import type { ShowData, ShowInput } from './show.ts';
import { DAY_MS, totalOf } from '../analyze/minutes.ts';

type Context = CommandContext<ErrorOptions>;

/** Throws E_NOT_THERE where nothing in the time looked at has the group. */
export async function runShow(ctx: Context, asked: ShowInput): Promise<ReportDraft> {
  const known = ctx.store.errorLog.group(asked.group);
  const isAlone = asked.files.length > 0;
  const nowMs = ctx.clock.wallMs();
  const wanted = { fromMs: fromOf(asked, known, nowMs), toMs: nowMs + 1 };
  const read = await readLogs(ctx, {
    files: asked.files,
    format: asked.format,
    range: isAlone ? { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY } : wanted,
  });
  const range = isAlone ? rangeOfFiles(read, asked.since) : wanted;
  if (range === null) throw notThere(asked.group, known, []);
  const found = concludeErrors(ctx, read.documents, read.edges, range);
  const sought = findGroupIn(found.window.groups, asked.group);
  if (!('group' in sought)) throw notThere(asked.group, known, sought.among);
  return report(ctx, asked, read, { found, group: sought.group });
}

/** Back to a day before its last record: an error of last week is looked at in its own time. */
function fromOf({ since }: ShowInput, known: StoredGroup | undefined, nowMs: number): number {
  if (since !== undefined) return nowMs - since;
  return Math.min(nowMs, known?.lastSeenMs ?? nowMs) - DAY_MS;
}

function report(
  ctx: Context,
  asked: ShowInput,
  read: LogsRead,
  { found, group }: { found: ErrorsFound; group: ErrorGroup },
): ReportDraft {
  const { window, history } = found;
  const incidents = found.incidents.filter(({ incident }) =>
    incident.detections.some((detection) => detection.group === group.id),
  );
  const records = totalOf(window.records);
  const remembered = history.get(group.id);
  const explanation = asked.explain ? explainGroup(ctx, group, read) : null;
  const data: ShowData = {
    from: iso(window.fromMs),
    to: iso(window.toMs),
    records,
    group: toGroupData(group, remembered, window),
    sharePercent: Number(((100 * group.count) / Math.max(1, records)).toPrecision(3)),
    total: remembered?.total ?? null,
    fields: group.fields.map(({ values, ...mix }) => ({ ...mix, values: [...values] })),
    samples: group.samples.map(({ atMs, level, stream, text, fields }) => ({
      at: atMs === null ? null : iso(atMs),
      level,
      stream,
      text,
      fields: { ...fields },
    })),
    merged: [...group.merged],
    said: saidOf(markOf(ctx, group)),
    incidents: incidents.map(toIncidentData),
    explanation: explanation === null ? null : [...explanation],
    reading: toReadingData(read.report),
  };
  return {
    status: 'pass',
    summary: `${group.id}: ${group.count} of ${records} records; ${quoteForeign(group.title, 160)}`,
    findings: [],
    // No rule judges it: what is shown is all that was asked for.
    coverage: {
      checked: [{ subject: groupSubject(group), rules: [] }],
      notChecked: readingGaps(read.report, read.notes),
    },
    sections: showSections(data, { group, window, incidents }),
    data,
    next: nextCommands(group, incidents, asked),
  };
}

function nextCommands(
  { id }: ErrorGroup,
  incidents: readonly ExplainedIncident[],
  { explain, files }: ShowInput,
): string[] {
  const causes = incidents.flatMap(({ cause }) => cause.candidates.flatMap(({ next }) => next ?? []));
  const explained = explain ? [] : [commandOn('show', id, files, '--explain')];
  // What is looked at by itself is not remembered, so nothing can be said of it.
  const said = files.length > 0 ? [] : [`rearguard errors resolve ${id}`, `rearguard errors ignore ${id}`];
  return [...causes.slice(0, 1), ...said, ...explained];
}

/** What was said last of the group or of one that was merged into it holds. */
function markOf({ store }: Context, { id, merged }: ErrorGroup): GroupMark | null {
  const marks = [id, ...merged.map((one) => one.id)].flatMap((one) => store.errorLog.group(one)?.mark ?? []);
  return marks.toSorted((a, b) => b.atMs - a.atMs)[0] ?? null;
}

function saidOf(mark: GroupMark | null): ShowData['said'] {
  if (mark === null) return null;
  const { state, atMs, release, untilMs, untilPerHour, note } = mark;
  return { state, at: iso(atMs), release, until: untilMs === null ? null : iso(untilMs), untilPerHour, note };
}

function notThere(id: string, known: StoredGroup | undefined, among: readonly ErrorGroup[]): RearguardError {
  const more =
    among.length > 1
      ? ` It begins the ids of ${among.length} groups: ${among
          .slice(0, 3)
          .map((one) => one.id)
          .join(', ')}.`
      : known === undefined
        ? ' `rearguard errors analyze` shows them.'
        : ` It was last seen ${iso(known.lastSeenMs)}: look farther back with --since.`;
  return new RearguardError('E_NOT_THERE', {
    what: `group of errors ${JSON.stringify(id)} in what was looked at`,
    more,
  });
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
