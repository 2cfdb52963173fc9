import type { LogCheckpoint, LogNotice } from '../../../platform/log-source/types.ts';
import type { CommandContext } from '../../context.ts';
import { createKeptSegments } from '../analyze/live/kept-segments.ts';
import type { FamilyEdge } from '../analyze/segments/families.ts';
import type { SegmentDocument } from '../analyze/segments/types.ts';
import type { ErrorOptions } from '../options.ts';
import { readGrouping, ruleEdgesOf } from './grouping.ts';
import { ingestLogs } from './ingest.ts';
import { specsFor } from './log-specs.ts';
import { sumReports } from './reader-reports.ts';
import {
  edgesOf,
  fold,
  ingestOptions,
  keptEdgesOf,
  readLogs,
  storedCheckpoints,
  storedSegments,
} from './read-logs.ts';
import type { IngestBatch, IngestReport } from './types.ts';

type Context = CommandContext<ErrorOptions>;

export interface FollowRequest {
  /** Files to look at by themselves; none: what the config lists. */
  files: readonly string[];
  format: string | undefined;
  /** Segments before this are of no use. */
  fromMs: number;
  /** What was read is handed over at least this often. */
  batchMs: number;
}

/** Logs that are read on while they are written. */
export interface LogFollower {
  /** Segments that end after `fromMs`; earlier ones are forgotten. */
  documents(fromMs: number): SegmentDocument[];
  /** Which groups are one, by those segments. */
  edges(documents: readonly SegmentDocument[]): FamilyEdge[];
  /** Another number: something was read since. */
  batches(): number;
  /** What happened to streams since the last call, oldest first: cut, gone, not to be read. */
  notices(): LogNotice[];
  /** Of everything read so far whose reading has ended; the rest with `done`. */
  report(): IngestReport;
  /** With the signal, or when pipes have ended. Rejects when reading or storing fails. */
  done: Promise<void>;
}

const STDIN = '-';
const ALL_TIME = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };
/** Of notices that nobody fetches. */
const MAX_NOTICES = 1_000;

/**
 * Reads what is there, then follows until the context's signal is aborted. What the config lists is folded into the store batch by batch, so that each
 * byte counts once, whoever else reads. Throws E_NOTHING_TO_CHECK where no logs are named.
 */
export async function followLogs(ctx: Context, request: FollowRequest): Promise<LogFollower> {
  const { files, format } = request;
  const grouping = await readGrouping(ctx);
  const isAlone = files.length > 0;
  // A pipe has no end to read up to first.
  const named = files.filter((file) => file !== STDIN);
  const range = isAlone ? ALL_TIME : { fromMs: request.fromMs, toMs: Number.POSITIVE_INFINITY };
  // A screen says by itself that it reads.
  const silent = { ...ctx, progress: () => undefined };
  const read = isAlone && named.length === 0 ? null : await readLogs(silent, { files: named, format, range });
  const segments = createKeptSegments(read?.documents ?? []);
  const reports = read === null ? [] : [read.report];
  let batches = 0;
  let notices: LogNotice[] = [];

  const take = (batch: IngestBatch): boolean => {
    if (!isAlone && !fold(ctx, batch, [])) return false;
    segments.add(batch.segments);
    batches += 1;
    return true;
  };

  const followOn = async (from: readonly LogCheckpoint[]): Promise<void> => {
    const options = ingestOptions(ctx, specsFor(ctx, files), format, grouping);
    for (let checkpoints = from; ; checkpoints = storedCheckpoints(ctx)) {
      const { report } = await ingestLogs({
        ...options,
        read: { ...options.read, checkpoints, follow: true },
        range: ALL_TIME,
        batchMs: request.batchMs,
        onBatch: take,
        onNotice(notice) {
          if (notice.type === 'truncated' || notice.type === 'failed')
            notices = [...notices, notice].slice(-MAX_NOTICES);
        },
      });
      reports.push(report);
      if (ctx.signal.aborted || !report.superseded) return;
      // Another process has read the same logs on: what it found is in the store, and so is where to go on.
      await ctx.clock.sleep(request.batchMs, ctx.signal).catch(() => undefined);
      segments.replace(storedSegments(ctx, range));
      batches += 1;
    }
  };

  const done = followOn(read?.checkpoints ?? []);
  // Whoever follows looks at it when it is time; until then it is no unhandled rejection.
  done.catch(() => undefined);
  return {
    documents(fromMs) {
      segments.forgetBefore(fromMs);
      return segments.all();
    },
    edges: (documents) => [
      ...(isAlone ? edgesOf(ctx, documents) : keptEdgesOf(ctx, documents)),
      ...ruleEdgesOf(ctx, grouping, documents),
    ],
    batches: () => batches,
    notices() {
      const given = notices;
      notices = [];
      return given;
    },
    report: () => sumReports(reports),
    done,
  };
}
