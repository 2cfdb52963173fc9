import { z } from 'zod';
import type { Block } from '../../../core/block.ts';
import { counted } from '../../../core/counted.ts';
import type { Coverage } from '../../../core/coverage.ts';
import { formatSize } from '../../../core/size.ts';
import type { ReadingReport } from '../collect/types.ts';

/** What was read, in which formats, and what could not be: every cap has a counter here. */
export const readingDataSchema = z.object({
  lines: z.int(),
  bytes: z.int(),
  records: z.int(),
  withoutTime: z.int(),
  /** Records whose group was past the cap; they count in the totals. */
  overflowed: z.int(),
  streams: z.array(
    z.object({
      stream: z.string(),
      format: z.string().nullable(),
      wrapper: z.string().nullable(),
      records: z.int(),
      undecoded: z.int(),
      cutLines: z.int(),
      cutRecords: z.int(),
      truncations: z.int(),
      lostBytesAtMost: z.number().nullable(),
      failed: z.string().nullable(),
      assumptions: z.array(z.string()),
    }),
  ),
});
export type ReadingData = z.infer<typeof readingDataSchema>;

const MAX_STREAMS = 50;

export function toReadingData({ streams, ...report }: ReadingReport): ReadingData {
  return {
    lines: report.lines,
    bytes: report.bytes,
    records: report.records,
    withoutTime: report.withoutTime,
    overflowed: report.overflowed,
    streams: streams.slice(0, MAX_STREAMS).map((stream) => ({
      stream: stream.stream,
      format: stream.format,
      wrapper: stream.wrapper,
      records: stream.records,
      undecoded: stream.undecoded,
      cutLines: stream.cutLines,
      cutRecords: stream.cutRecords,
      truncations: stream.truncations,
      lostBytesAtMost: stream.lostBytesAtMost,
      failed: stream.failed,
      assumptions: [...stream.assumptions],
    })),
  };
}

/** Nothing where nothing new was read. */
export function readingSection({ streams }: ReadingReport): Block[] {
  const read = streams.filter(({ records }) => records > 0);
  if (read.length === 0) return [];
  return [
    {
      kind: 'table',
      title: 'Read in this run',
      columns: [
        { header: 'log' },
        { header: 'format' },
        { header: 'records', align: 'right' },
        { header: 'size', align: 'right' },
      ],
      rows: read
        .slice(0, MAX_STREAMS)
        .map(({ stream, format, wrapper, records, bytes }) => [
          stream,
          wrapper === null ? format : `${format ?? 'unknown'} in ${wrapper}`,
          records,
          formatSize(bytes),
        ]),
      ...(read.length > MAX_STREAMS ? { omitted: read.length - MAX_STREAMS } : {}),
    },
  ];
}

/** What was not seen, or not as it is. */
export function readingGaps(
  report: ReadingReport,
  /** What could not be used of rules and source maps. */
  notes: readonly string[] = [],
): Coverage['notChecked'] {
  return [
    ...notes.map((reason) => ({ reason })),
    ...report.streams.flatMap((stream) => streamGaps(stream)),
    ...(report.overflowed > 0
      ? [
          {
            reason: `${counted(report.overflowed, 'record')} fell under one group, as there were more groups than are told apart`,
            hint: 'Raise maxGroups, or look at fewer logs at once.',
          },
        ]
      : []),
    ...(report.superseded
      ? [{ reason: 'Another process was reading the same logs; what it read is in the store.' }]
      : []),
  ];
}

function streamGaps(stream: ReadingReport['streams'][number]): Coverage['notChecked'] {
  const { stream: name, failed, cutLines, cutRecords, truncations, lostBytesAtMost, undecoded } = stream;
  const reasons = [
    ...(failed === null ? [] : [`${name} could not be read: ${failed}`]),
    ...(cutLines > 0 ? [`${name}: ${counted(cutLines, 'line')} past 64 KiB cut`] : []),
    ...(cutRecords > 0 ? [`${name}: ${counted(cutRecords, 'record')} past 500 lines or 256 KiB cut`] : []),
    ...(truncations > 0
      ? [
          `${name} was truncated ${counted(truncations, 'time')}; ${lostBytesAtMost === null ? 'what was lost is not known' : `at most ${formatSize(lostBytesAtMost)} were lost`}`,
        ]
      : []),
    ...(undecoded > 0
      ? [
          `${name}: ${counted(undecoded, 'record')} were not of the format ${stream.format} and were read as plain text`,
        ]
      : []),
  ];
  return reasons.map((reason) => ({ reason }));
}
