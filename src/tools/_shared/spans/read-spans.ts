import { toRearguardError } from '../../../core/errors.ts';
import type { Files } from '../../../platform/files.ts';
import type { TimeRange } from '../../../store/store.ts';
import { expandPaths } from '../database/log-files.ts';
import { known, type Reading, unknown } from '../database/reading.ts';
import { readOtlpJson } from './otlp-json.ts';
import type { Span } from './span.ts';

const MAX_SPANS = 200_000;
/** Of a file that is one document, and of a line. */
const MAX_DOCUMENT_BYTES = 64 * 1_024 * 1_024;

export interface ReadSpans {
  spans: readonly Span[];
  /** What was not read, a sentence each. */
  notRead: readonly string[];
}

/** Spans of a time from files of OTLP/JSON: a request a line, as collectors write it, or one document. */
export async function readSpans(
  files: Pick<Files, 'list' | 'lines' | 'readText'>,
  paths: readonly string[],
  { range, signal }: { range: TimeRange; signal: AbortSignal },
): Promise<Reading<ReadSpans>> {
  const spans: Span[] = [];
  const notRead: string[] = [];
  let requests = 0;
  let unreadable = 0;
  const add = (text: string): boolean => {
    const request = readOtlpJson(text);
    if (request === null) return false;
    requests += 1;
    unreadable += request.unreadable;
    for (const span of request.spans) {
      if (span.startMs >= range.fromMs && span.startMs < range.toMs && spans.length < MAX_SPANS)
        spans.push(span);
    }
    return true;
  };
  try {
    for (const path of await expandPaths(files, paths)) {
      let readable = 0;
      for await (const line of files.lines(path, { signal, maxLineBytes: MAX_DOCUMENT_BYTES })) {
        if (line.trim() !== '' && add(line)) readable += 1;
      }
      if (readable === 0 && !add(await files.readText(path, MAX_DOCUMENT_BYTES))) {
        notRead.push(`${path}: it is no OTLP/JSON`);
      }
    }
  } catch (thrown) {
    signal.throwIfAborted();
    const { message, hint } = toRearguardError(thrown);
    return unknown(message.replace(/\.$/, ''), hint);
  }
  if (unreadable > 0) notRead.push(`${unreadable} spans were not whole`);
  if (spans.length === MAX_SPANS) notRead.push(`only the first ${MAX_SPANS} spans were read`);
  if (requests > 0) return known({ spans, notRead });
  return unknown(
    notRead[0] ?? 'no file matches the configured spans',
    'List files that an OpenTelemetry collector writes (`file` exporter, JSON) under `spans` of the target.',
  );
}
