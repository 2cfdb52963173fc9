import type { CommandContext } from '../../context.ts';
import type { ErrorOptions } from '../options.ts';
import { eachRecord, type RecordPassOptions } from './each-record.ts';
import { specsFor, zoneMinutes } from './log-specs.ts';
import { nothingListed } from './read-logs.ts';
import type { ReadingReport } from './types.ts';
import { bytesOfFiles, tellProgress } from './unread-bytes.ts';

/** Every record of the files that are named, or of what the config lists. Throws E_NOTHING_TO_CHECK where neither names any. */
export async function passRecords(
  ctx: CommandContext<ErrorOptions>,
  {
    files,
    format,
    sinceMs,
  }: { files: readonly string[]; format?: string | undefined; sinceMs?: number | undefined },
  onRecord: RecordPassOptions['onRecord'],
): Promise<ReadingReport> {
  const { options } = ctx;
  const specs = specsFor(ctx, files);
  if (specs.length === 0) throw nothingListed();
  const chosen = format ?? options.format;
  return eachRecord({
    sources: ctx.logs,
    read: {
      specs,
      checkpoints: [],
      follow: false,
      signal: ctx.signal,
      ...(sinceMs === undefined ? {} : { sinceMs }),
    },
    ...(chosen === undefined ? {} : { format: chosen }),
    zoneOffsetMinutes: zoneMinutes(options.zone),
    nowMs: () => ctx.clock.wallMs(),
    onRecord,
    onProgress: tellProgress(ctx, await bytesOfFiles(ctx, files)),
  });
}
