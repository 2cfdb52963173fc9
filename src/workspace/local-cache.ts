import { join } from 'node:path';
import { systemFiles } from '../platform/files.ts';
import { makeOwnFolder } from '../platform/own-folder.ts';
import { workspaceLayout } from './layout.ts';

/** What this machine keeps of a repository in `.rearguard` because working it out again would be felt. Losing it costs nothing else. */
export type LocalCache = 'catalogue' | 'project' | 'own-tools';

/** As it was kept, and to be checked by whoever asks: people can change it. null where there is none that can be read. */
export async function readLocalCache(root: string, name: LocalCache): Promise<unknown> {
  try {
    return JSON.parse(await systemFiles.readText(pathOf(root, name)));
  } catch {
    return null;
  }
}

/** Where it cannot be kept it is worked out again, which is no reason to fail. */
export async function keepLocalCache(root: string, name: LocalCache, value: unknown): Promise<void> {
  try {
    makeOwnFolder(workspaceLayout(root).local);
    await systemFiles.writeText(pathOf(root, name), `${JSON.stringify(value)}\n`);
  } catch {
    // A folder that is read-only, a full disk.
  }
}

function pathOf(root: string, name: LocalCache): string {
  return join(workspaceLayout(root).local, `${name}.json`);
}
