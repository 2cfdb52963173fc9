import path from 'node:path';
import { findConfig } from '../../config/find.ts';
import { toolFoldersIn } from '../../runtime/own-tools/discover.ts';
import { workspaceLayout } from '../../workspace/layout.ts';
import type { CliIo } from './spec.ts';

/** Names of the tools in the workspace, for the help, which must not wait for a config or a tool to load. */
export async function ownToolNames(cwd: string | undefined, io: CliIo): Promise<string[]> {
  const config = await findConfig(path.resolve(io.cwd, cwd ?? '.'));
  if (config === undefined) return [];
  const folders = await toolFoldersIn(workspaceLayout(path.dirname(config)).tools).catch(() => []);
  return folders.map(({ name }) => name);
}
