import { formatSize } from '../../../core/size.ts';
import type { LogCheckpoint, LogFile, LogSourceSpec } from '../../../platform/log-source/types.ts';
import type { CommandContext } from '../../context.ts';
import type { ErrorOptions } from '../options.ts';
import { specsFor } from './log-specs.ts';

type Context = CommandContext<ErrorOptions>;

/** Logs shrink about so much when they are packed. */
const PACKED_FACTOR = 8;

/** About how much there is to read before all of it is known. What programs print is not known before. */
export async function unreadBytes(ctx: Context, { files }: { files: readonly string[] }): Promise<number> {
  const found = await ctx.logs.files({ specs: fileSpecs(ctx, files) });
  const known = new Map(
    files.length > 0
      ? []
      : ctx.store.errorLog
          .checkpoints()
          .map(({ document }) => document as LogCheckpoint)
          .map(({ stream, atByte }) => [stream, atByte] as const),
  );
  const newest = new Map(found.map((file) => [file.stream.name, file]));
  return found.reduce((sum, file) => {
    const atByte = known.get(file.stream.name);
    if (atByte === undefined) return sum + fullBytes(file);
    // Of a stream that was read before, the files before its newest are read.
    return file === newest.get(file.stream.name) ? sum + Math.max(0, file.bytes - atByte) : sum;
  }, 0);
}

/** About all there is, whatever was read before. */
export async function bytesOfFiles(ctx: Context, files: readonly string[]): Promise<number> {
  const found = await ctx.logs.files({ specs: fileSpecs(ctx, files) });
  return found.reduce((sum, file) => sum + fullBytes(file), 0);
}

function fullBytes({ bytes, packed }: LogFile): number {
  return bytes * (packed ? PACKED_FACTOR : 1);
}

/** For people who watch: how much of how much. Nothing where that is not known, as of programs. */
export function tellProgress(
  { progress }: Pick<Context, 'progress'>,
  total: number,
): (bytes: number) => void {
  if (total === 0) return () => undefined;
  return (bytes) => progress(Math.min(bytes, total), total, `reading ${formatSize(total)} of logs`);
}

/** Those of what was named, or of what the config lists, that are files. */
export function fileSpecs(ctx: Context, files: readonly string[]): LogSourceSpec[] {
  return specsFor(ctx, files).filter(({ kind }) => kind === 'files');
}
