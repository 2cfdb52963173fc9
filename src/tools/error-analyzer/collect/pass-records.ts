import type { CommandContext } from '../../context.ts';
import type { ErrorOptions } from '../options.ts';
import { eachRecord, type RecordPassOptions } from './each-record.ts';
import { specsOfFiles, specsOfSources, zoneMinutes } from './log-specs.ts';
import { nothingListed } from './read-logs.ts';
import type { ReadingReport } from './types.ts';

/** Every record of the files that are named, or of what the config lists. Throws E_NOTHING_TO_CHECK where neither names any. */
export function passRecords(
  ctx: CommandContext<ErrorOptions>,
  {
    files,
    format,
    sinceMs,
  }: { files: readonly string[]; format?: string | undefined; sinceMs?: number | undefined },
  onRecord: RecordPassOptions['onRecord'],
): Promise<ReadingReport> {
  const { options, directory } = ctx;
  const specs =
    files.length > 0 ? specsOfFiles(files, directory) : specsOfSources(options.sources, directory);
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
  });
}
