import { resolve } from 'node:path';
import type { LogSourceSpec } from '../../../platform/log-source/types.ts';
import type { CommandContext } from '../../context.ts';
import type { ErrorOptions, SourceSetting } from '../options.ts';

const STDIN = '-';

/** Files named on the command line; `-` is the standard input. Relative paths are meant from `directory`. */
export function specsOfFiles(files: readonly string[], directory: string): LogSourceSpec[] {
  return files.map((file) =>
    file === STDIN ? { kind: 'stdin' } : { kind: 'files', path: resolve(directory, file) },
  );
}

/** What was named, or what the config lists. */
export function specsFor(
  { options, directory }: Pick<CommandContext<ErrorOptions>, 'options' | 'directory'>,
  files: readonly string[],
): LogSourceSpec[] {
  return files.length > 0 ? specsOfFiles(files, directory) : specsOfSources(options.sources, directory);
}

export function specsOfSources(sources: readonly SourceSetting[], directory: string): LogSourceSpec[] {
  return sources.map((source): LogSourceSpec => {
    if (typeof source === 'string') return { kind: 'files', path: resolve(directory, source) };
    if ('docker' in source) return { kind: 'docker', container: source.docker };
    if ('kubernetes' in source) {
      const { kubernetes, namespace, context } = source;
      return {
        kind: 'kubernetes',
        selector: kubernetes,
        ...(namespace === undefined ? {} : { namespace }),
        ...(context === undefined ? {} : { context }),
      };
    }
    return { kind: 'journal', ...(source.unit === undefined ? {} : { unit: source.unit }) };
  });
}

/** Minutes east of UTC; the option's pattern was checked. */
export function zoneMinutes(zone: string): number {
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number);
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
