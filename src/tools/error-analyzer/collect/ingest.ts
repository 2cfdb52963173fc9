import { readInParts } from './ingest-parts.ts';
import { planParts } from './plan-parts.ts';
import { readOnThisThread } from './ingest-here.ts';
import type { IngestOptions, IngestResult } from './types.ts';

/**
 * Reads logs into segments: sources, readers, groups, counts. Memory is bounded whatever comes. With `onBatch`, what was read is handed over together with
 * how far: a run that is killed has lost nothing and counts nothing twice, when both are stored as one.
 *
 * Large plain files that are read for the first time are read by several threads, each from a record's beginning on; segments are the same whoever read
 * them. Throws E_LOG_FORMAT for a format nobody knows.
 */
export async function ingestLogs(options: IngestOptions): Promise<IngestResult> {
  const { threads, workers = 1 } = options;
  const parts = threads === undefined || workers < 2 ? null : await planParts(options, workers);
  return parts === null || threads === undefined
    ? readOnThisThread(options)
    : readInParts(options, parts, threads, workers);
}
