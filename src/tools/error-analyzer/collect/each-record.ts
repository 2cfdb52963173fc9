import type { RecordView } from '../../../core/log/record-view.ts';
import type { LogSources, ReadLogsOptions } from '../../../platform/log-source/types.ts';
import type { LogFormat } from '../../_shared/logs/format.ts';
import type { RecordStream } from './aggregate-types.ts';
import { createReadings } from './readings.ts';
import { saysTime } from './record-time.ts';
import type { ReadingReport } from './types.ts';

/** One record as it goes by: everything in it is only lent. */
export interface PassingRecord {
  stream: RecordStream;
  view: RecordView;
  format: LogFormat;
  /** That of the record before it where it says none; what was before the first one is of the file's last change. */
  atMs: number;
  timeless: boolean;
}

export interface RecordPassOptions {
  sources: LogSources;
  read: ReadLogsOptions;
  format?: string;
  zoneOffsetMinutes: number;
  nowMs: () => number;
  /** Hot. The same object each time. */
  onRecord: (record: PassingRecord) => void;
  /** Called after each chunk. */
  onProgress?: (bytes: number) => void;
}

/** Every record of logs once, from their first byte on; nothing is kept or remembered of them. Throws E_LOG_FORMAT. */
export async function eachRecord(options: RecordPassOptions): Promise<ReadingReport> {
  const { format, zoneOffsetMinutes, onRecord, onProgress } = options;
  let passing: PassingRecord | null = null;
  let records = 0;
  let withoutTime = 0;

  const add = (stream: RecordStream, view: RecordView, known: LogFormat): void => {
    const timeless = !saysTime(view.timeMs);
    if (timeless) withoutTime += 1;
    else stream.lastMs = view.timeMs;
    records += 1;
    passing ??= { stream, view, format: known, atMs: 0, timeless };
    passing.stream = stream;
    passing.view = view;
    passing.format = known;
    passing.atMs = stream.lastMs;
    passing.timeless = timeless;
    onRecord(passing);
  };

  const readings = createReadings({
    aggregate: { add },
    format,
    zoneOffsetMinutes,
    nowMs: options.nowMs,
    resumeOf: () => null,
  });
  let bytes = 0;
  for await (const event of options.sources.read(options.read)) {
    readings.take(event);
    if (event.type !== 'chunk') continue;
    bytes += event.bytes.length;
    onProgress?.(bytes);
  }
  return { records, withoutTime, overflowed: 0, ...readings.report(), superseded: false };
}
