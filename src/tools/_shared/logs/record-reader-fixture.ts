import { levelName } from '../../../core/log/level.ts';
import { sliceText } from '../../../core/log/record-view.ts';
import {
  createRecordReader,
  type ReaderReport,
  type RecordReader,
  type RecordReaderOptions,
} from './record-reader.ts';

export interface ReadRecord {
  format: string;
  raw: string;
  time: string | null;
  level: string;
  message: string;
  stack: string;
  exceptionType: string;
  logger: string;
  lines: number;
  fields: Record<string, string>;
}

/** A reader that keeps copies of all that it gives out. */
export function collectingReader(options: Partial<RecordReaderOptions> = {}): {
  reader: RecordReader;
  records: ReadRecord[];
} {
  const records: ReadRecord[] = [];
  const reader = createRecordReader({
    zoneOffsetMinutes: 0,
    modifiedMs: Date.UTC(2026, 5, 30),
    onRecord(view, format) {
      const fields: Record<string, string> = {};
      format.fields(view, (name, value) => {
        fields[name] = value;
      });
      records.push({
        format: format.name,
        raw: sliceText(view.raw),
        time: Number.isNaN(view.timeMs) ? null : new Date(view.timeMs).toISOString(),
        level: levelName(view.level),
        message: sliceText(view.message),
        stack: sliceText(view.stack),
        exceptionType: sliceText(view.exceptionType),
        logger: sliceText(view.logger),
        lines: view.lines,
        fields,
      });
    },
    ...options,
  });
  return { reader, records };
}

/** Everything in a text or in bytes, in pieces of `pieceBytes`. */
export function readAll(
  content: string | Uint8Array,
  options: Partial<RecordReaderOptions> = {},
  pieceBytes = Number.POSITIVE_INFINITY,
): { records: ReadRecord[]; report: ReaderReport } {
  const { reader, records } = collectingReader(options);
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    // A piece of its own, wiped afterwards: who keeps a reference to it is found out.
    const piece = Buffer.from(bytes.subarray(at, Math.min(bytes.length, at + pieceBytes)));
    reader.push(piece, 0, piece.length, at);
    piece.fill(0x58);
  }
  reader.end();
  return { records, report: reader.report() };
}
