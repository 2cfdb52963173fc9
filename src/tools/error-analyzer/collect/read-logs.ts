import { RearguardError } from '../../../core/errors.ts';
import type { LogCheckpoint, LogSourceSpec } from '../../../platform/log-source/types.ts';
import type { CommandContext } from '../../context.ts';
import { mergeSegments } from '../analyze/segments/merge.ts';
import { recordHoursOf, shapesOf, sightingsOf, spanOf } from '../analyze/segments/queries.ts';
import type { FamilyEdge } from '../analyze/segments/families.ts';
import type { SegmentDocument } from '../analyze/segments/types.ts';
import { mergeShapes } from '../analyze/shape/merge/merge-shapes.ts';
import type { ShapeEdge } from '../analyze/shape/types.ts';
import type { ErrorOptions } from '../options.ts';
import { exceptionOptions, type Grouping, readGrouping, ruleEdgesOf } from './grouping.ts';
import { ingestLogs } from './ingest.ts';
import { specsOfFiles, specsOfSources, zoneMinutes } from './log-specs.ts';
import { bytesOfFiles, tellProgress, unreadBytes } from './unread-bytes.ts';
import type { IngestBatch, IngestOptions, IngestReport } from './types.ts';

export interface ReadRequest {
  /** Files to look at by themselves; none: what the config lists, read on from where the last run stopped. */
  files: readonly string[];
  format: string | undefined;
  /** What is wanted of them. */
  range: { fromMs: number; toMs: number };
}

export interface LogsRead {
  /** Segments that touch the range. */
  documents: SegmentDocument[];
  /** Of tier 2, and of rules. */
  edges: FamilyEdge[];
  /** Of the user's folders: what keys of bundles were made with. */
  sourceMaps: Grouping['sourceMaps'];
  /** What could not be used of rules and source maps. */
  notes: readonly string[];
  report: IngestReport;
  /** Where each stream stands now. */
  checkpoints: LogCheckpoint[];
}

type Context = CommandContext<ErrorOptions>;

/** Each has a table of shapes and a heap of its own: more of them would take more memory than time they save. */
const MOST_WORKERS = 2;

const ALL_TIME = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };

/** Throws E_NOTHING_TO_CHECK where no logs are named. */
export async function readLogs(ctx: Context, request: ReadRequest): Promise<LogsRead> {
  const grouping = await readGrouping(ctx);
  return request.files.length > 0 ? readFiles(ctx, request, grouping) : readSources(ctx, request, grouping);
}

/** Files by themselves: nothing of them is remembered, and what is known of groups still holds. */
async function readFiles(
  ctx: Context,
  { files, format, range }: ReadRequest,
  grouping: Grouping,
): Promise<LogsRead> {
  const { segments, report, checkpoints } = await ingestLogs({
    ...ingestOptions(ctx, specsOfFiles(files, ctx.directory), format, grouping),
    ...threadsFor(ctx, grouping),
    range,
    onProgress: tellProgress(ctx, await bytesOfFiles(ctx, files)),
  });
  const edges = [...edgesOf(ctx, segments), ...ruleEdgesOf(ctx, grouping, segments)];
  return {
    documents: [...segments],
    edges,
    sourceMaps: grouping.sourceMaps,
    notes: grouping.notes,
    report,
    checkpoints: checkpoints.map(({ after }) => after),
  };
}

/** Source maps stay here: a thread would need a copy of each. */
function threadsFor({ threads, machine }: Context, { sourceMaps }: Grouping): Partial<IngestOptions> {
  if (threads === null || sourceMaps.length > 0) return {};
  return { threads, workers: Math.min(MOST_WORKERS, machine.cores) };
}

/** What the config lists: each byte is read once, and counted once whatever ends a run. */
async function readSources(
  ctx: Context,
  { format, range }: ReadRequest,
  grouping: Grouping,
): Promise<LogsRead> {
  const specs = specsOfSources(ctx.options.sources, ctx.directory);
  if (specs.length === 0) throw nothingListed();
  const options = ingestOptions(ctx, specs, format, grouping);
  const result = await ingestLogs({
    ...options,
    read: { ...options.read, checkpoints: storedCheckpoints(ctx) },
    range: ALL_TIME,
    onBatch: (batch) => fold(ctx, batch, []),
    onProgress: tellProgress(ctx, await unreadBytes(ctx, { files: [] })),
  });
  fold(ctx, result, []);
  const documents = storedSegments(ctx, range);
  return {
    documents,
    edges: [...keptEdgesOf(ctx, documents), ...ruleEdgesOf(ctx, grouping, documents)],
    sourceMaps: grouping.sourceMaps,
    notes: grouping.notes,
    report: result.report,
    checkpoints: storedCheckpoints(ctx),
  };
}

export function storedSegments({ store }: Context, range: ReadRequest['range']): SegmentDocument[] {
  return store.errorLog.segments(range).map(({ document }) => document as SegmentDocument);
}

export function storedCheckpoints({ store }: Context): LogCheckpoint[] {
  return store.errorLog.checkpoints().map(({ document }) => document as LogCheckpoint);
}

/** Of files by themselves: all of their records, or those of so long before the newest one; null without any. */
export function rangeOfFiles(
  { documents }: LogsRead,
  sinceMs: number | undefined,
): { fromMs: number; toMs: number } | null {
  const span = spanOf(documents);
  if (span === null || sinceMs === undefined) return span;
  return { fromMs: Math.max(span.fromMs, span.toMs - sinceMs), toMs: span.toMs };
}

export function nothingListed(): RearguardError {
  return new RearguardError('E_NOTHING_TO_CHECK', {
    message: 'The config lists no logs.',
    hint: "Name files (`rearguard errors analyze app.log`), or list them: `tools: { 'error-analyzer': { sources: ['logs/*.log'] } }`.",
  });
}

export function ingestOptions(
  ctx: Context,
  specs: readonly LogSourceSpec[],
  format: string | undefined,
  { sourceMaps }: Pick<Grouping, 'sourceMaps'>,
): Omit<IngestOptions, 'range'> {
  const { options } = ctx;
  const chosen = format ?? options.format;
  return {
    sources: ctx.logs,
    read: { specs, checkpoints: [], follow: false, signal: ctx.signal },
    ...(chosen === undefined ? {} : { format: chosen }),
    zoneOffsetMinutes: zoneMinutes(options.zone),
    redact: ctx.redactor,
    nowMs: () => ctx.clock.wallMs(),
    exceptions: exceptionOptions(ctx, sourceMaps),
  };
}

/** One transaction; false when another process was quicker. */
export function fold(ctx: Context, batch: IngestBatch, edges: readonly ShapeEdge[]): boolean {
  return ctx.store.errorLog.fold({
    segments: batch.segments.map((document) => ({
      startMs: document.startMs,
      widthMs: document.widthMs,
      document,
    })),
    merge: (stored, added) => mergeSegments(stored as SegmentDocument, added as SegmentDocument),
    groups: sightingsOf(batch.segments),
    recordHours: recordHoursOf(batch.segments),
    edges,
    checkpoints: batch.checkpoints.map(({ before, after }) => ({
      before: before === null ? null : { stream: before.stream, document: before },
      after: { stream: after.stream, document: after },
    })),
    nowMs: ctx.clock.wallMs(),
  });
}

/** Edges that are stored, then those that the shapes at hand add. */
export function edgesOf(ctx: Context, documents: readonly SegmentDocument[]): ShapeEdge[] {
  const { known, added } = mergedEdges(ctx, documents);
  return [...known, ...added];
}

/** The same, and those that are new are stored: a group stays merged although what showed it is gone. */
export function keptEdgesOf(ctx: Context, documents: readonly SegmentDocument[]): ShapeEdge[] {
  const { known, added } = mergedEdges(ctx, documents);
  if (added.length > 0) fold(ctx, { segments: [], checkpoints: [] }, added);
  return [...known, ...added];
}

function mergedEdges(
  ctx: Context,
  documents: readonly SegmentDocument[],
): { known: ShapeEdge[]; added: ShapeEdge[] } {
  const known = ctx.store.errorLog.edges() as ShapeEdge[];
  return { known, added: mergeShapes(shapesOf(documents), known) };
}
