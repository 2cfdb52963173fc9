import { counted } from '../../../core/counted.ts';
import { withoutPersonalData } from '../../../core/personal-data.ts';
import type { CommandContext } from '../../context.ts';
import type { ReportDraft } from '../../define.ts';
import { matcherOf } from '../analyze/query/matcher.ts';
import { parseFilter } from '../analyze/query/parse.ts';
import { createTimeCounts } from '../analyze/query/time-counts.ts';
import { createValueCounts } from '../analyze/query/value-counts.ts';
import { createFilteredRecord } from '../collect/filtered-record.ts';
import { createNewestRecords } from '../collect/newest-records.ts';
import { passRecords } from '../collect/pass-records.ts';
import type { ReadingReport } from '../collect/types.ts';
import type { ErrorOptions } from '../options.ts';
import { querySections } from './query-view.ts';
import type { QueryData, QueryInput } from './query.ts';
import { readingGaps, toReadingData } from './reading-view.ts';

type Context = CommandContext<ErrorOptions>;

const MAX_VALUE = 200;

/** Throws E_FILTER, and E_NOTHING_TO_CHECK where no logs are named. */
export async function runQuery(ctx: Context, asked: QueryInput): Promise<ReportDraft> {
  const matches = matcherOf(parseFilter(asked.filter));
  const fromMs = asked.since === undefined ? Number.NEGATIVE_INFINITY : ctx.clock.wallMs() - asked.since;
  const { files, format } = asked;
  const filtered = createFilteredRecord();
  const newest = createNewestRecords(asked.limit);
  const times = createTimeCounts();
  const values = createValueCounts();
  const by = asked.by?.toLowerCase();
  let [records, matched, firstMs, lastMs] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const reading = await passRecords(
    ctx,
    {
      files,
      ...(format === undefined ? {} : { format }),
      ...(asked.since === undefined ? {} : { sinceMs: fromMs }),
    },
    (record) => {
      if (record.atMs < fromMs) return;
      records += 1;
      if (!matches(filtered.of(record))) return;
      matched += 1;
      if (record.atMs < firstMs) firstMs = record.atMs;
      if (record.atMs > lastMs) lastMs = record.atMs;
      times.add(record.atMs);
      newest.add(record);
      if (by !== undefined) values.add(filtered.valueOf(by)?.slice(0, MAX_VALUE) ?? null);
    },
  );
  const redact = withoutPersonalData(ctx.redactor);
  const data: QueryData = {
    records,
    matched,
    first: matched === 0 ? null : new Date(firstMs).toISOString(),
    last: matched === 0 ? null : new Date(lastMs).toISOString(),
    shown: newest.records(redact).map(({ atMs, ...record }) => ({
      at: atMs === null ? null : new Date(atMs).toISOString(),
      ...record,
    })),
    by: asked.by === undefined ? null : byData(asked.by, values, { limit: asked.limit, redact }),
    reading: toReadingData(reading),
  };
  return draftOf(data, reading, times.parts(), times.widthMs);
}

function draftOf(
  data: QueryData,
  reading: ReadingReport,
  parts: [number, number][],
  widthMs: number,
): ReportDraft {
  const read = reading.streams.filter(({ records }) => records > 0);
  return {
    ...(data.records === 0 ? { status: 'unknown' as const } : {}),
    summary: `${counted(data.matched, 'record')} of ${data.records} match`,
    findings: [],
    coverage: {
      // No rule judges them: what was asked for is told.
      checked:
        data.records === 0
          ? []
          : read.map(({ stream }) => ({ subject: { kind: 'target', name: stream }, rules: [] })),
      notChecked: [
        ...readingGaps(reading),
        ...(data.records === 0 ? [{ reason: 'No record lies in what was looked at' }] : []),
      ],
    },
    sections: querySections(data, parts, widthMs),
    data,
  };
}

function byData(
  name: string,
  counts: ReturnType<typeof createValueCounts>,
  { limit, redact }: { limit: number; redact: { text: (text: string) => string } },
): NonNullable<QueryData['by']> {
  const all = counts.values();
  const left = all.slice(limit);
  return {
    name,
    values: all.slice(0, limit).map(({ value, count }) => ({ value: redact.text(value), count })),
    distinct: left.length,
    others: counts.others + left.reduce((sum, { count }) => sum + count, 0),
    without: counts.without,
  };
}
