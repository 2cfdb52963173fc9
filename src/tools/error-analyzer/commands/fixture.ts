import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { type Report, reportSchema } from '../../../core/report.ts';
import { TOOL } from '../rules.ts';

interface Result {
  report: Report;
  exitCode: number;
}

/** What these tests need of a runtime; a tool knows none, so its tests bring it. */
interface TestRuntime {
  run(request: { tool: string; command: string; input: unknown; signal: AbortSignal }): Promise<Result>;
  close(): Promise<void>;
}

/** A folder with logs, a config that lists them, and a store; for the tests of the commands. */
export interface LogBench {
  directory: string;
  /** Writes the config anew; what was stored stays. */
  configure(options?: Record<string, unknown>): Promise<void>;
  write(file: string, text: string | Uint8Array): Promise<void>;
  append(file: string, text: string): Promise<void>;
  /** The report is one that a user would get: its schema holds, and so does the command's own for `data`. */
  run(command: string, input?: Record<string, unknown>): Promise<Result>;
  close(): Promise<void>;
}

export async function openLogBench(
  openRuntime: (options: {
    cwd: string;
    env: Record<string, string>;
    workerThreads: boolean;
  }) => Promise<TestRuntime>,
): Promise<LogBench> {
  const directory = await mkdtemp(join(tmpdir(), 'rearguard-errors-'));
  let runtime: TestRuntime | undefined;
  return {
    directory,
    async configure(options = { sources: ['logs/*.log'] }) {
      await runtime?.close();
      await writeFile(
        join(directory, 'rearguard.config.json'),
        JSON.stringify({ tools: { [TOOL]: options } }),
      );
      runtime = await openRuntime({ cwd: directory, env: {}, workerThreads: false });
    },
    async write(file, text) {
      await mkdir(dirname(join(directory, file)), { recursive: true });
      await writeFile(join(directory, file), text);
    },
    append: (file, text) => appendFile(join(directory, file), text),
    async run(command, input = {}) {
      if (runtime === undefined) throw new Error('configure first');
      const signal = new AbortController().signal;
      const result = await runtime.run({ tool: 'errors', command, input, signal });
      expect(reportSchema.safeParse(result.report).error).toBeUndefined();
      expect(result.report.diagnostics).toEqual([]);
      return result;
    },
    async close() {
      await runtime?.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** One line of pino. */
export function pinoLine(atMs: number, more: Record<string, unknown>): string {
  return `${JSON.stringify({ level: 30, time: atMs, pid: 7, hostname: 'web-1', ...more })}\n`;
}

/** An error with a stack of one own frame, `place` as `Orders.find (/srv/app/src/orders.js`. */
export function thrownLine(
  atMs: number,
  { type = 'RangeError', message, place }: { type?: string; message: string; place: string },
  more: Record<string, unknown> = {},
): string {
  const stack = `${type}: ${message}\n    at ${place}:${1 + (atMs % 90)}:7)\n    at next (/srv/app/node_modules/router/index.js:2:1)`;
  return pinoLine(atMs, { level: 50, msg: message, err: { type, message, stack }, ...more });
}
