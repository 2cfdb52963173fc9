import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Report, reportSchema } from '../../../core/report.ts';
import { TOOL } from '../rules.ts';

/** What these tests need of a runtime; a tool knows none, so its tests bring it. */
interface TestRuntime {
  run(request: { tool: string; command: string; input: unknown; signal: AbortSignal }): Promise<Verdict>;
  close(): Promise<void>;
}

export interface Verdict {
  report: Report;
  exitCode: number;
}

export interface LoadBench {
  directory: string;
  run(command: string, input: Record<string, unknown>): Promise<Verdict>;
  close(): Promise<void>;
}

const NEVER = new AbortController().signal;

/** A runtime over a config with one target, in a folder of its own. Machines of tests are late: only what is wild counts as unfit. */
export async function openLoadBench(
  openRuntime: (options: {
    cwd: string;
    env: Record<string, string>;
    workerThreads: boolean;
  }) => Promise<TestRuntime>,
  baseUrl: string,
): Promise<LoadBench> {
  const directory = await mkdtemp(join(tmpdir(), 'rearguard-load-'));
  const config = {
    targets: { shop: { baseUrl } },
    tools: { [TOOL]: { fitness: { maxLag: '30s', maxLagShare: 100, maxBusy: 100 } } },
  };
  await writeFile(join(directory, 'rearguard.config.json'), JSON.stringify(config));
  const runtime = await openRuntime({ cwd: directory, env: {}, workerThreads: false });
  return {
    directory,
    async run(command, input) {
      const verdict = await runtime.run({ tool: TOOL, command, input, signal: NEVER });
      expect(reportSchema.safeParse(verdict.report).error).toBeUndefined();
      return verdict;
    },
    async close() {
      await runtime.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
