import { join } from 'node:path';
import type { ResolvedConfig } from '../../config/types.ts';
import { systemFiles } from '../../platform/files.ts';
import { workspaceLayout } from '../../workspace/layout.ts';

/** Files in which a tool may begin, best first. */
const ENTRIES = ['index.ts', 'index.mts', 'index.js', 'index.mjs'];

/** A folder of the workspace that holds a tool. */
export interface ToolFolder {
  /** Name of the folder, which is the tool's. */
  name: string;
  /** Absolute. */
  folder: string;
  /** Absolute path of the module that exports the tool. */
  module: string;
}

/**
 * The tools in the workspace, in the order of their names; nothing is loaded. None where there is no config: such a tool runs with the
 * user's rights, so a folder alone must not be enough. Links are not followed.
 */
export async function findToolFolders(
  config: Pick<ResolvedConfig, 'path' | 'directory' | 'workspace'>,
): Promise<ToolFolder[]> {
  if (config.path === undefined || !config.workspace.ownTools) return [];
  return toolFoldersIn(workspaceLayout(config.directory).tools);
}

/** A folder without an entry is none of a tool: what several tools share may stand beside them. */
export async function toolFoldersIn(tools: string): Promise<ToolFolder[]> {
  if (!(await systemFiles.exists(tools))) return [];
  const folders = (await systemFiles.list(tools)).filter(({ kind }) => kind === 'folder');
  const found = await Promise.all(
    folders.map(async ({ name }): Promise<ToolFolder[]> => {
      const folder = join(tools, name);
      const files = (await systemFiles.list(folder)).map((entry) => entry.name);
      const entry = ENTRIES.find((candidate) => files.includes(candidate));
      return entry === undefined ? [] : [{ name, folder, module: join(folder, entry) }];
    }),
  );
  return found.flat();
}
