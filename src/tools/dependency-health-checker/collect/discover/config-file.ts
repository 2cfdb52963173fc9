import { dirname } from 'node:path';
import { findConfig } from '../../../../config/find.ts';
import { loadConfig } from '../../../../config/load.ts';
import type { ResolvedConfig } from '../../../../config/types.ts';
import type { CommandContext } from '../../../context.ts';

/** A config as its file has it now, its references still references. */
export interface WrittenConfig {
  path: string;
  config: ResolvedConfig;
}

/** The config in a folder; undefined when there is none. What is wrong with it was said when the run began. */
export async function writtenConfig(directory: string): Promise<WrittenConfig | undefined> {
  const path = await findConfig(directory);
  if (path === undefined || dirname(path) !== directory) return undefined;
  const config = await loadConfig({ cwd: directory, path, env: {}, required: true }).catch(() => undefined);
  return config === undefined ? undefined : { path, config };
}

/** The file of this run's config; null when the one in its folder is not the one that was loaded (`--config` may name any). */
export async function configToEdit(
  ctx: Pick<CommandContext, 'dependencies' | 'directory' | 'targets'>,
): Promise<string | null> {
  const written = await writtenConfig(ctx.directory);
  if (written === undefined) return null;
  const listed = ctx.dependencies.filter(({ origin }) => origin === 'dependencies');
  const isSame =
    listed.every(({ name }) => Object.hasOwn(written.config.dependencies, name)) &&
    ctx.targets.every(({ name }) => Object.hasOwn(written.config.targets, name));
  return isSame ? written.path : null;
}
