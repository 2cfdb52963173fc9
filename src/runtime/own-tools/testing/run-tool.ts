import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../../core/report.ts';
import type { Clock } from '../../../platform/clock.ts';
import { systemFiles } from '../../../platform/files.ts';
import type { ToolDefinition } from '../../../tools/define.ts';
import { createRuntime, type RuntimeOptions } from '../../runtime.ts';

/** What a tool is run in. Nothing of it outlives the test. */
export interface ToolSetting {
  /** By name: a base URL, or what the config takes for a target. */
  targets?: Readonly<Record<string, unknown>>;
  /** The tool's section of the config. */
  options?: Readonly<Record<string, unknown>>;
  /** Other settings of the config. */
  config?: Readonly<Record<string, unknown>>;
  /** Variables that references in the config are read from; default: none. */
  env?: Readonly<Record<string, string>>;
  clock?: Clock;
  /** Uniform in [0, 1). */
  random?: () => number;
  log?: RuntimeOptions['log'];
}

/** Runs of one tool that share a store, so that a later one knows what an earlier one found. */
export interface ToolRuns {
  /** A failure comes back in the report, as `error`. */
  run(
    command: string,
    input?: Readonly<Record<string, unknown>>,
    options?: { signal?: AbortSignal; timeoutMs?: number },
  ): Promise<Report>;
  /** Of the config, for files that the tool reads. */
  folder: string;
}

/**
 * Gives the tool a real runtime with a config and a store of its own, for as long as `body` runs. Throws E_PLUGIN_INVALID for what is no
 * tool, and E_CONFIG_INVALID for a setting that the config does not know.
 */
export async function withTool<Result>(
  tool: ToolDefinition,
  setting: ToolSetting,
  body: (runs: ToolRuns) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'rearguard-tool-'));
  try {
    const configPath = join(folder, 'rearguard.config.json');
    await systemFiles.writeText(configPath, JSON.stringify(configOf(tool, setting)));
    const { clock, random, log, env = {} } = setting;
    const runtime = await createRuntime({
      cwd: folder,
      env,
      configPath,
      tools: [tool],
      workerThreads: false,
      ...(clock === undefined ? {} : { clock }),
      ...(random === undefined ? {} : { random }),
      ...(log === undefined ? {} : { log }),
    });
    try {
      const [broken] = runtime.catalog.broken;
      if (broken) throw broken.error;
      return await body({
        folder,
        async run(command, input = {}, { signal = new AbortController().signal, timeoutMs } = {}) {
          const { report } = await runtime.run({ tool: tool.name, command, input, signal, timeoutMs });
          return report;
        },
      });
    } finally {
      await runtime.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** One run of one command, as withTool() does it. */
export function runTool(
  tool: ToolDefinition,
  command: string,
  setting: ToolSetting & {
    input?: Readonly<Record<string, unknown>>;
    signal?: AbortSignal;
    timeoutMs?: number;
  } = {},
): Promise<Report> {
  const { input, signal, timeoutMs, ...rest } = setting;
  const limits = {
    ...(signal === undefined ? {} : { signal }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  return withTool(tool, rest, (runs) => runs.run(command, input, limits));
}

function configOf({ name }: ToolDefinition, { targets = {}, options, config = {} }: ToolSetting): unknown {
  const written = Object.entries(targets).map(([target, value]) => [
    target,
    typeof value === 'string' ? { baseUrl: value } : value,
  ]);
  return {
    ...config,
    targets: Object.fromEntries(written) as unknown,
    tools: {
      ...(config['tools'] as object | undefined),
      ...(options === undefined ? {} : { [name]: options }),
    },
    workspace: { ownTools: false },
  };
}
