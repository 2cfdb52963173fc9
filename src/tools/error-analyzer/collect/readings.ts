import type { LogChunk, LogNotice } from '../../../platform/log-source/types.ts';
import { createStreamReading, type StreamReading, type StreamReadingOptions } from './stream-reading.ts';
import type { StreamReport } from './types.ts';

/** All streams of a source while they are read, each with a reading of its own. */
export interface Readings {
  take(event: LogChunk | LogNotice): void;
  all(): StreamReading[];
  /** Sums, and each stream by itself. */
  report(): { lines: number; bytes: number; streams: StreamReport[] };
}

export interface ReadingsOptions extends Omit<StreamReadingOptions, 'stream' | 'nowMs' | 'resume'> {
  nowMs: () => number;
  /** Where a stream stood at the end of an earlier run. */
  resumeOf: (stream: string) => StreamReadingOptions['resume'];
}

export function createReadings({ nowMs, resumeOf, ...options }: ReadingsOptions): Readings {
  const readings = new Map<string, StreamReading>();
  let bytes = 0;

  const readingOf = (stream: LogChunk['stream']): StreamReading => {
    let reading = readings.get(stream.name);
    if (reading === undefined) {
      reading = createStreamReading({ ...options, stream, nowMs: nowMs(), resume: resumeOf(stream.name) });
      readings.set(stream.name, reading);
    }
    return reading;
  };

  return {
    take(event) {
      const reading = readingOf(event.stream);
      if (event.type !== 'chunk') return heed(reading, event);
      reading.take(event);
      bytes += event.bytes.length;
    },
    all: () => [...readings.values()],
    report() {
      const streams = [...readings.values()].map((reading) => reading.report());
      return { lines: streams.reduce((sum, { lines }) => sum + lines, 0), bytes, streams };
    },
  };
}

/** What a source says between bytes. */
function heed(reading: StreamReading, notice: LogNotice): void {
  if (notice.type === 'end') reading.end(notice.atByte, notice.file);
  else if (notice.type === 'truncated') reading.truncated(notice.lostBytesAtMost);
  else if (notice.type === 'failed') reading.failed(notice.reason);
  else if (notice.type === 'idle') reading.idle();
}
