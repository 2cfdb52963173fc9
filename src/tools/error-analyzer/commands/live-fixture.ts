import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Block } from '../../../core/block.ts';
import type { Finding } from '../../../core/finding.ts';
import { type Report, reportSchema } from '../../../core/report.ts';
import type { LiveView } from '../../define.ts';
import { TOOL } from '../rules.ts';
import { HOUR_MS } from '../analyze/minutes.ts';

export interface SeenView extends Pick<LiveView, 'changes' | 'metrics'> {
  sections(): readonly Block[];
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
    watched?: boolean;
    onView?: (view: SeenView) => void;
  }): Promise<Result>;
  close(): Promise<void>;
}

export interface RunOptions {
  onView?: (view: SeenView) => void;
  signal?: AbortSignal;
  watched?: boolean;
}

/** A folder with a config, the log that it lists, and a runtime with a real store. */
export interface LogSite {
  log: string;
  append(lines: readonly string[]): Promise<void>;
  run(command: string, input?: Record<string, unknown>, options?: RunOptions): Promise<Result>;
  /** Beside the one that runs already: as another process would be. */
  openOther(): Promise<TestRuntime>;
  close(): Promise<void>;
}

const NEVER = new AbortController().signal;

export async function openLogSite(
  openRuntime: (options: {
    cwd: string;
    env: Record<string, string>;
    workerThreads: boolean;
  }) => Promise<TestRuntime>,
  options: Record<string, unknown> = {},
): Promise<LogSite> {
  const folder = await mkdtemp(join(tmpdir(), 'rearguard-errors-'));
  const log = join(folder, 'app.log');
  const tools = { [TOOL]: { sources: ['app.log'], interval: '100ms', ...options } };
  await writeFile(join(folder, 'rearguard.config.json'), JSON.stringify({ targets: {}, tools }));
  await writeFile(log, '');
  const open = (): Promise<TestRuntime> => openRuntime({ cwd: folder, env: {}, workerThreads: false });
  const runtimes = [await open()];
  return {
    log,
    append: (lines) => appendFile(log, lines.map((line) => `${line}\n`).join('')),
    async run(command, input = {}, { onView, signal = NEVER, watched } = {}) {
      const result = await runtimes[0]!.run({
        tool: 'errors',
        command,
        input,
        signal,
        ...(watched === undefined ? {} : { watched }),
        ...(onView === undefined ? {} : { onView }),
      });
      expect(result.report.error).toBeUndefined();
      expect(reportSchema.safeParse(result.report).error).toBeUndefined();
      return result;
    },
    async openOther() {
      const other = await open();
      runtimes.push(other);
      return other;
    },
    async close() {
      for (const runtime of runtimes) await runtime.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** pino, as most services of Node write it. */
export function line(atMs: number, level: 'info' | 'error', msg: string, more: object = {}): string {
  return JSON.stringify({
    level: level === 'info' ? 30 : 50,
    time: Math.round(atMs),
    hostname: 'web-1',
    msg,
    ...more,
  });
}

/** Traffic of the hours before `toMs`: a record a minute, and an error that is known every 110 minutes. */
export function past(hours: number, toMs: number): string[] {
  return Array.from({ length: hours * 60 }, (_, index) => {
    const atMs = toMs - hours * HOUR_MS + index * 60_000;
    return index % 110 === 0
      ? line(atMs, 'error', `mail to user-${index} bounced`)
      : line(atMs, 'info', `GET /api/products/${index} 200`);
  });
}

export function texts(views: readonly Pick<SeenView, 'changes'>[]): string[] {
  return views.flatMap(({ changes }) => changes.map(({ text }) => text));
}
