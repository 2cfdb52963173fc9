import type { ComputeThread, ComputeThreads } from '../../../platform/compute/types.ts';
import { workerEntry } from '../../../platform/worker-entry.ts';
import { decodeSegment } from '../analyze/segments/codec.ts';
import { absorbSegments, createTimeline, takeSegments } from '../analyze/segments/timeline.ts';
import type { FilePart, IngestWorkerSetup } from './ingest-worker.ts';
import { sumReports } from './reader-reports.ts';
import type { CheckpointStep, IngestOptions, IngestResult } from './types.ts';

/** Reads parts of files on threads, and adds up what they found: in the order of the parts, though no order would change it. */
export async function readInParts(
  options: IngestOptions,
  files: readonly (readonly FilePart[])[],
  threads: ComputeThreads,
  workers: number,
): Promise<IngestResult> {
  const { range, zoneOffsetMinutes, exceptions = {}, redact, onBatch, onProgress } = options;
  const { signal } = options.read;
  const setup: IngestWorkerSetup = { zoneOffsetMinutes, range, exceptions, nowMs: options.nowMs() };
  const parts = files.flat();
  const results = new Map<FilePart, IngestResult>();
  const waiting = [...parts];
  let bytes = 0;

  const work = async (thread: ComputeThread): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined && !signal.aborted; part = waiting.shift()) {
      results.set(part, (await thread.call(part)) as IngestResult);
      bytes += part.toByte - part.fromByte;
      onProgress?.(bytes);
    }
  };

  const entry = workerEntry(import.meta.url, './ingest-worker');
  const crew = Array.from({ length: Math.min(workers, parts.length) }, () => threads.start(entry, setup));
  const stop = (): void => {
    for (const thread of crew) void thread.close();
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.all(crew.map(work));
  } finally {
    signal.removeEventListener('abort', stop);
    await Promise.all(crew.map((thread) => thread.close()));
  }

  const found = parts.flatMap((part) => results.get(part) ?? []);
  const timeline = createTimeline();
  for (const { segments } of found) {
    absorbSegments(
      timeline,
      redact.deep(segments).flatMap((document) => decodeSegment(document) ?? []),
    );
  }
  const segments = takeSegments(timeline, redact);
  const checkpoints = lastOfEach(found.flatMap((result) => result.checkpoints));
  const report = sumReports(found.map((result) => result.report));
  if (onBatch === undefined) return { segments, checkpoints, report };
  const isTaken = await onBatch({ segments, checkpoints });
  return { segments: [], checkpoints: [], report: { ...report, superseded: !isTaken } };
}

/** Streams were not read before: only where each ends now counts. */
function lastOfEach(steps: readonly CheckpointStep[]): CheckpointStep[] {
  return [...new Map(steps.map((step) => [step.after.stream, step])).values()];
}
