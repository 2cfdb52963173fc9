import { accessSync, constants } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ConfigInput } from '../../config/schema.ts';
import type { Call } from './exact-commands.ts';

/** The folder in which the demo keeps its config and its store. */
export interface DemoSite {
  folder: string;
  /** Absolute. */
  configPath: string;
  /** What commands need to work from the folder the demo was started in. */
  call: Call;
}

/** Starts from nothing: what an earlier demo found says nothing about this one. */
export async function prepareSite(cwd: string, config: ConfigInput): Promise<DemoSite> {
  const folder = path.join(cwd, '.rearguard', 'demo');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const configPath = path.join(folder, 'rearguard.config.json');
  const own = { ...config, store: { path: 'store.db' } };
  await writeFile(configPath, `${JSON.stringify(own, null, 2)}\n`);
  const shown = path.relative(cwd, configPath);
  return {
    folder,
    configPath,
    call: { program: programWords(cwd), flags: ['--config', shown] },
  };
}

/** How this program is called here: by its name where it is installed, else by its file. */
function programWords(cwd: string): string[] {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  if (folders.some((folder) => isExecutable(path.join(folder, 'rearguard')))) return ['rearguard'];
  return ['node', path.relative(cwd, process.argv[1] ?? 'bin/rearguard.js')];
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
