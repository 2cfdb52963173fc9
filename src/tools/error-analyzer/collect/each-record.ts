import type { RecordView } from '../../../core/log/record-view.ts';
import type { LogSources, ReadLogsOptions } from '../../../platform/log-source/types.ts';
import type { LogFormat } from '../../_shared/logs/format.ts';
import type { RecordStream } from './aggregate-types.ts';
import { heed } from './ingest-here.ts';
import { saysTime } from './record-time.ts';
import { createStreamReading, type StreamReading } from './stream-reading.ts';
import type { IngestReport } from './types.ts';

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
}

/** Every record of logs once, from their first byte on; nothing is kept or remembered of them. Throws E_LOG_FORMAT. */
export async function eachRecord(options: RecordPassOptions): Promise<IngestReport> {
  const { format, zoneOffsetMinutes, onRecord } = options;
  const readings = new Map<string, StreamReading>();
  let passing: PassingRecord | null = null;
  let records = 0;
  let withoutTime = 0;
  let bytes = 0;

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

  for await (const event of options.sources.read(options.read)) {
    const { stream } = event;
    let reading = readings.get(stream.name);
    if (reading === undefined) {
      const nowMs = options.nowMs();
      reading = createStreamReading({
        stream,
        aggregate: { add },
        format,
        zoneOffsetMinutes,
        nowMs,
        resume: null,
      });
      readings.set(stream.name, reading);
    }
    if (event.type === 'chunk') {
      reading.take(event);
      bytes += event.bytes.length;
    } else heed(reading, event);
  }
  const streams = [...readings.values()].map((reading) => reading.report());
  return {
    records,
    errors: 0,
    withoutTime,
    early: 0,
    late: 0,
    overflowed: 0,
    lines: streams.reduce((sum, { lines }) => sum + lines, 0),
    bytes,
    streams,
    superseded: false,
  };
}
