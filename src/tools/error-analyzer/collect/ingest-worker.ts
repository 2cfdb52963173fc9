import type { ComputeService } from '../../../platform/compute/types.ts';
import { createRedactor } from '../../../core/redact.ts';
import { createLogSources } from '../../../platform/log-source/sources.ts';
import type { ExceptionKeyOptions } from '../analyze/exception/key.ts';
import { readOnThisThread } from './ingest-here.ts';
import type { IngestResult } from './types.ts';

/** What a thread is told once: plain data. */
export interface IngestWorkerSetup {
  zoneOffsetMinutes: number;
  range: { fromMs: number; toMs: number };
  exceptions: ExceptionKeyOptions;
  nowMs: number;
}

/** Bytes of one plain file. */
export interface FilePart {
  path: string;
  fromByte: number;
  toByte: number;
  /** Null: by a look at it. */
  format: string | null;
}

/** Reads parts of files on a thread. Patterns of secrets are hidden here, the values of the configuration where the answer arrives. */
export const serve: ComputeService = (setup) => {
  const { zoneOffsetMinutes, range, exceptions, nowMs } = setup as IngestWorkerSetup;
  return (request): Promise<IngestResult> => {
    const { format, ...part } = request as FilePart;
    return readOnThisThread({
      sources: createLogSources(),
      read: {
        specs: [{ kind: 'part', ...part }],
        checkpoints: [],
        follow: false,
        signal: new AbortController().signal,
      },
      ...(format === null ? {} : { format }),
      zoneOffsetMinutes,
      range,
      exceptions,
      redact: createRedactor([]),
      nowMs: () => nowMs,
    });
  };
};
