import type { LogFile, LogSourceSpec } from '../../../platform/log-source/types.ts';
import type { CommandContext } from '../../context.ts';
import { createKeptSegments } from '../analyze/live/kept-segments.ts';
import type { ErrorOptions } from '../options.ts';
import { type Grouping, readGrouping, ruleEdgesOf } from './grouping.ts';
import { ingestLogs } from './ingest.ts';
import { specsOfSources } from './log-specs.ts';
import { startNear } from './plan-parts.ts';
import { edgesOf, ingestOptions, type LogsRead } from './read-logs.ts';
import { sumReports } from './reader-reports.ts';
import { fileSpecs } from './unread-bytes.ts';
import type { IngestOptions, IngestReport } from './types.ts';
import { HOUR_MS } from '../analyze/minutes.ts';

type Context = CommandContext<ErrorOptions>;

interface Named {
  files: readonly string[];
  format?: string | undefined;
}

const MIB = 1024 * 1024;
/** What is read first of the end of a file; four times as much as long as the hour does not begin within it. */
const FIRST_TAIL_BYTES = 8 * MIB;
const LAST_TAIL_BYTES = 512 * MIB;
const TAIL_FACTOR = 4;
/**
 * The last hour from the ends of files, quickly, however large they are: of what was named, or of what the config lists. Nothing of it is stored, as
 * it is no more than a first look. `notes` says what was left out.
 */
export async function readLastHour(ctx: Context, { files, format }: Named): Promise<LogsRead> {
  const grouping = await readGrouping(ctx);
  const found = await ctx.logs.files({ specs: fileSpecs(ctx, files) });
  const fromMs = endMs(ctx, found, files.length > 0) - HOUR_MS;
  const recent = found.filter(({ stream, packed }) => !packed && (stream.modifiedMs ?? 0) >= fromMs);
  const segments = createKeptSegments([]);
  const reports: IngestReport[] = [];
  const notes = [...grouping.notes];
  for (const file of recent) {
    const options = tailOptions(ctx, file, { format, fromMs, grouping });
    const { result, isWhole } = await readTail(file, options);
    segments.add(result.segments);
    reports.push(result.report);
    if (!isWhole)
      notes.push(`Of ${file.stream.location} only the last ${LAST_TAIL_BYTES / MIB} MiB were read`);
  }
  const programs =
    files.length > 0 ? [] : specsOfSources(ctx.options.sources, ctx.directory).filter(isProgram);
  if (programs.length > 0) {
    const options = ingestOptions(ctx, programs, format, grouping);
    const { segments: printed, report } = await ingestLogs({
      ...options,
      read: { ...options.read, sinceMs: fromMs },
      range: { fromMs, toMs: Number.POSITIVE_INFINITY },
    });
    segments.add(printed);
    reports.push(report);
  }
  const documents = segments.all();
  return {
    documents,
    edges: [...edgesOf(ctx, documents), ...ruleEdgesOf(ctx, grouping, documents)],
    notes,
    sourceMaps: grouping.sourceMaps,
    report: sumReports(reports),
    checkpoints: [],
  };
}

/** Now; of files by themselves that nobody writes to any more, when they were last written to. */
function endMs({ clock }: Context, found: readonly LogFile[], isAlone: boolean): number {
  const nowMs = clock.wallMs();
  const newestMs = Math.max(...found.map(({ stream }) => stream.modifiedMs ?? 0));
  return isAlone && newestMs > 0 && newestMs < nowMs - HOUR_MS ? newestMs : nowMs;
}

interface TailRequest {
  format?: string | undefined;
  fromMs: number;
  grouping: Grouping;
}

function tailOptions(
  ctx: Context,
  { stream }: LogFile,
  { format, fromMs, grouping }: TailRequest,
): IngestOptions {
  const specs = [{ kind: 'part' as const, path: stream.location, fromByte: 0, toByte: 0 }];
  return {
    ...ingestOptions(ctx, specs, format, grouping),
    range: { fromMs, toMs: Number.POSITIVE_INFINITY },
  };
}

/** From as far back as the first record of the range, or from as far as is bearable. */
async function readTail({ stream, bytes }: LogFile, options: IngestOptions) {
  const path = stream.location;
  for (let tail = FIRST_TAIL_BYTES; ; tail *= TAIL_FACTOR) {
    const fromByte = await startNear(path, bytes - tail, options);
    const specs = [{ kind: 'part' as const, path, fromByte, toByte: bytes }];
    const result = await ingestLogs({ ...options, read: { ...options.read, specs } });
    const isWhole = fromByte === 0 || result.report.early > 0;
    if (isWhole || tail >= LAST_TAIL_BYTES || options.read.signal.aborted) return { result, isWhole };
  }
}

function isProgram({ kind }: LogSourceSpec): boolean {
  return kind !== 'files' && kind !== 'stdin';
}
