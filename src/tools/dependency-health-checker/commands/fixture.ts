import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Finding } from '../../../core/finding.ts';
import { type Report, reportSchema } from '../../../core/report.ts';
import type { LiveView } from '../../define.ts';
import { TOOL } from '../rules.ts';

export interface SeenView extends Pick<LiveView, 'changes' | 'metrics'> {
  conclude?: () => { findings: readonly Finding[] };
}

interface Result {
  report: Report;
  exitCode: number;
}

/** What these tests need of a runtime; a tool knows none, so its tests bring it. */
interface TestRuntime {
  run(request: {
    tool: string;
    command: string;
    input: unknown;
    signal: AbortSignal;
    onView?: (view: SeenView) => void;
  }): Promise<Result>;
  close(): Promise<void>;
}

const NEVER = new AbortController().signal;

/** A runtime over a config of dependencies, in a folder of its own; for the tests of the commands. */
export interface Bench {
  directory: string;
  /** Writes the config anew; what was stored stays. */
  configure(dependencies: Record<string, unknown>, options?: Record<string, unknown>): Promise<void>;
  /** No diagnostic is expected, unless `diagnostics` says how many. */
  run(
    command: string,
    input?: Record<string, unknown>,
    onView?: (view: SeenView) => void,
    more?: { diagnostics?: number; signal?: AbortSignal },
  ): Promise<Result>;
  /** A server that is closed with the bench. */
  opening<Server extends Closable>(server: Promise<Server>): Promise<Server>;
  close(): Promise<void>;
}

interface Closable {
  close(): Promise<void>;
}

/** Fast enough for a test, and slow enough for a busy machine. */
const OPTIONS = { timeout: '2s', round: { maxRatePerSecond: 1_000, maxRatePerDependency: 100 } };

export async function openBench(
  openRuntime: (options: {
    cwd: string;
    env: Record<string, string>;
    workerThreads: boolean;
  }) => Promise<TestRuntime>,
): Promise<Bench> {
  const directory = await mkdtemp(join(tmpdir(), 'rearguard-deps-'));
  let runtime: TestRuntime | undefined;
  const opened: Closable[] = [];
  return {
    directory,
    async configure(dependencies, options = {}) {
      await runtime?.close();
      const tools = { [TOOL]: { ...OPTIONS, ...options } };
      await writeFile(join(directory, 'rearguard.config.json'), JSON.stringify({ dependencies, tools }));
      runtime = await openRuntime({ cwd: directory, env: {}, workerThreads: false });
    },
    async run(command, input = {}, onView, { diagnostics = 0, signal = NEVER } = {}) {
      if (runtime === undefined) throw new Error('configure first');
      const result = await runtime.run({
        tool: 'deps',
        command,
        input,
        signal,
        ...(onView ? { onView } : {}),
      });
      expect(reportSchema.safeParse(result.report).error).toBeUndefined();
      expect(result.report.diagnostics).toHaveLength(diagnostics);
      return result;
    },
    async opening(server) {
      const started = await server;
      opened.push(started);
      return started;
    },
    async close() {
      await runtime?.close();
      await rm(directory, { recursive: true, force: true });
      for (const server of opened) await server.close();
    },
  };
}

/** Rule and subject of what stands. */
export function found({ findings }: Report): string[] {
  return findings
    .filter(({ state }) => state !== 'resolved')
    .map(({ rule, subject }) => `${rule.replace(`${TOOL}/`, '')} ${subject.name}`)
    .sort();
}
