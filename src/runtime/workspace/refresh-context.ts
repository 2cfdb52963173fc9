import { RearguardError } from '../../core/errors.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import { systemFiles } from '../../platform/files.ts';
import { WORKSPACE_FOLDER, workspaceLayout } from '../../workspace/layout.ts';
import { readRegions, writeRegions } from '../../workspace/regions.ts';
import { contextRegions } from '../../workspace/context/regions.ts';
import type { Runtime } from '../runtime.ts';
import { exactText } from '../../platform/exact-text.ts';
import { currentCatalogue, recentCatalogue } from './catalogue-cache.ts';
import { contextFacts } from './gather.ts';
import { currentProject, recentProject } from './project-cache.ts';

export interface Refresh {
  /** Of AI-CONTEXT.md; absolute. */
  path: string;
  /** Names of the regions whose text is another one now. */
  changed: string[];
  /** Regions that the team took out: they stay out. */
  absent: string[];
}

/**
 * Brings the regions of AI-CONTEXT.md up to date. Facts are gathered while no other process writes it, so that the last one to write
 * knows the most. `read: 'now'` reads the code and the tools' definitions
 * again, `'recent'` takes what was read within the last day or of this installation. Throws
 * E_WORKSPACE_MISSING, E_WORKSPACE_MARKERS and E_WORKSPACE_BUSY; nothing is written then.
 */
export async function refreshContext(
  runtime: Runtime,
  options: { read: 'now' | 'recent'; signal: AbortSignal },
): Promise<Refresh> {
  const { config, catalog } = runtime;
  const { directory } = config;
  const { context: path, local } = workspaceLayout(directory);
  if (!(await systemFiles.exists(path))) {
    throw new RearguardError('E_WORKSPACE_MISSING', { folder: WORKSPACE_FOLDER });
  }
  const nowMs = runtime.clock.wallMs();
  const isNow = options.read === 'now';
  const project = isNow
    ? await currentProject(directory, nowMs, options.signal)
    : await recentProject(directory, nowMs);
  const tools = isNow
    ? await currentCatalogue(catalog, directory)
    : await recentCatalogue(catalog, directory);
  return withFileLock(
    path,
    async () => {
      const before = (await exactText(path)) ?? '';
      const written = readRegions(before, path);
      const regions = contextRegions(await contextFacts(runtime, project, tools), written);
      const after = writeRegions(before, regions, { path });
      if (after !== before) await systemFiles.writeText(path, after);
      const bodies = new Map(written.map(({ name, body }) => [name, body]));
      return {
        path,
        changed: regions
          .filter(({ name, body }) => bodies.has(name) && bodies.get(name) !== body)
          .map(({ name }) => name),
        absent: regions.filter(({ name }) => !bodies.has(name)).map(({ name }) => name),
      };
    },
    { folder: local, signal: options.signal },
  );
}
