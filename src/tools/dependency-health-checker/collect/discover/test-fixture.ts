import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadConfig } from '../../../../config/load.ts';
import { resolveDependencies } from '../../../../config/resolve-dependencies.ts';
import { resolveTargets } from '../../../../config/resolve-targets.ts';
import { systemClock } from '../../../../platform/clock.ts';
import { systemFiles } from '../../../../platform/files.ts';
import { createHttpClient } from '../../../../platform/http-client.ts';
import { createNetGuard } from '../../../../platform/net-guard.ts';
import type { CommandContext } from '../../../context.ts';

/** A project in a temporary folder, and a context that reads it as a run would. */
export interface TestProject {
  folder: string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  context(): Promise<CommandContext>;
  remove(): Promise<void>;
}

export async function testProject(files: Readonly<Record<string, string>>): Promise<TestProject> {
  const folder = await mkdtemp(join(tmpdir(), 'rearguard-discover-'));
  const write: TestProject['write'] = async (more) => {
    for (const [path, text] of Object.entries(more)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
  };
  await write(files);
  return {
    folder,
    write,
    remove: () => rm(folder, { recursive: true, force: true }),
    async context() {
      const config = await loadConfig({ cwd: folder, env: {}, required: false });
      const { targets } = await resolveTargets(config, {});
      const { dependencies } = await resolveDependencies(config, targets, {});
      // What discovery does not use is not there, so that its use would show.
      return {
        directory: folder,
        targets,
        dependencies,
        files: systemFiles,
        http: createHttpClient(createNetGuard({ allowHosts: [] })),
        clock: systemClock,
        progress: () => undefined,
        signal: new AbortController().signal,
      } as Partial<CommandContext> as CommandContext;
    },
  };
}
