import { z } from 'zod';
import { RearguardError } from '../core/errors.ts';
import { type BackendEvent, eventSchema } from '../core/event.ts';
import { didYouMean } from '../core/suggest.ts';
import type { Processes } from '../platform/processes.ts';
import type { RunResult } from './envelope.ts';
import { ownCommand } from './own-command.ts';
import type { Runtime } from './runtime.ts';

const GIT_TIMEOUT_MS = 5_000;

export const deployMarkDataSchema = z.object({ event: eventSchema });

/** Records that a release went live; without a name, the one git gives the folder of the config. */
export function markDeploy(
  runtime: Runtime,
  options: { release?: string | undefined; target?: string | undefined; atMs?: number | undefined } = {},
): Promise<RunResult> {
  return ownCommand(runtime, 'deploy mark', async () => {
    const { target } = options;
    const { targetNames, directory } = runtime.config;
    if (target !== undefined && !targetNames.includes(target)) {
      throw new RearguardError('E_USAGE', {
        message: `There is no target ${JSON.stringify(target)}.${didYouMean(target, targetNames)}`,
        hint: targetNames.length > 0 ? `The config has ${targetNames.join(', ')}.` : 'The config has none.',
      });
    }
    const { processes } = await runtime.world();
    const redactor = await runtime.redactor();
    const named = options.release ?? (await describeWithGit(processes, directory));
    const release = named === undefined ? undefined : redactor.text(named);
    const event: BackendEvent = {
      id: `deploy-${Math.floor(runtime.random() * 2 ** 48)
        .toString(16)
        .padStart(12, '0')}`,
      kind: 'deploy',
      atMs: options.atMs ?? runtime.clock.wallMs(),
      title: release === undefined ? 'Deployment' : `Deployment of ${release}`,
      attributes: options.release === undefined && release !== undefined ? { release: 'git describe' } : {},
      ...(target === undefined ? {} : { target }),
      ...(release === undefined ? {} : { release }),
    };
    runtime.openStore().events.add(event);
    const place = target === undefined ? '' : ` to ${target}`;
    return {
      status: 'pass',
      summary: `${event.title}${place} marked at ${new Date(event.atMs).toISOString()}.`,
      sections: [
        { kind: 'timeline', title: 'Deployments', entries: [{ atMs: event.atMs, label: event.title }] },
      ],
      data: { event },
      next: ['rearguard api-health-monitor post-deploy-check'],
    };
  });
}

/** Nearest tag, distance and commit; undefined outside a repository or without git. */
async function describeWithGit(processes: Processes, directory: string): Promise<string | undefined> {
  try {
    const argv = ['git', 'describe', '--tags', '--always', '--dirty'];
    const { exitCode, stdout } = await processes.run(argv, { timeoutMs: GIT_TIMEOUT_MS, cwd: directory });
    return exitCode === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
  } catch {
    return undefined;
  }
}
