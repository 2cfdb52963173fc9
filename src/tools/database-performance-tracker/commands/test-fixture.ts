import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Finding } from '../../../core/finding.ts';
import { type Report, reportSchema } from '../../../core/report.ts';
import { openPostgresSite, type PostgresSite } from '../../../platform/test-support/postgres.ts';
import type { LiveView } from '../../define.ts';
import { TOOL } from '../rules.ts';

/** A PostgreSQL with a role that only looks, and a runtime over it; for the tests of the commands. */

export interface SeenView extends Pick<LiveView, 'changes' | 'sections' | 'metrics'> {
  conclude?: () => { findings: readonly Finding[] };
}

interface Request {
  tool: string;
  command: string;
  input: unknown;
  signal: AbortSignal;
  onView?: (view: SeenView) => void;
}

/** What these tests need of a runtime; a tool knows none, so its tests bring it. */
interface TestRuntime {
  run(request: Request): Promise<{ report: Report; exitCode: number }>;
  close(): Promise<void>;
}

type OpenRuntime = (options: {
  cwd: string;
  env: Record<string, string>;
  workerThreads: boolean;
}) => Promise<TestRuntime>;

export const TARGET = 'shop-db';

export interface Site extends PostgresSite {
  run(
    command: string,
    input?: Record<string, unknown>,
    more?: { onView?: (view: SeenView) => void; signal?: AbortSignal },
  ): Promise<{ report: Report; exitCode: number }>;
}

/** `settings` of the server, `options` of this tool, and the role that we are */
export async function openSite(
  openRuntime: OpenRuntime,
  {
    settings = {},
    options = {},
    role = 'watcher',
    logs,
  }: {
    settings?: Record<string, string>;
    options?: Record<string, unknown>;
    role?: 'watcher' | 'app';
    /** Of the target. */
    logs?: readonly string[];
  } = {},
): Promise<Site> {
  const site = await openPostgresSite(settings);
  const directory = await mkdtemp(join(tmpdir(), 'rearguard-db-'));
  const config = {
    targets: { [TARGET]: { database: { $env: 'DATABASE_URL' }, ...(logs === undefined ? {} : { logs }) } },
    tools: { [TOOL]: options },
  };
  await writeFile(join(directory, 'rearguard.config.json'), JSON.stringify(config));
  const runtime = await openRuntime({
    cwd: directory,
    env: { DATABASE_URL: site.urlOf(role) },
    workerThreads: false,
  });
  return {
    ...site,
    async run(command, input = {}, { onView, signal = new AbortController().signal } = {}) {
      const result = await runtime.run({
        tool: TOOL,
        command,
        input,
        signal,
        ...(onView === undefined ? {} : { onView }),
      });
      expect(reportSchema.safeParse(result.report).error).toBeUndefined();
      return result;
    },
    async close() {
      await runtime.close();
      await site.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Rule and severity of what stands, without the name of the tool. */
export function standing({ findings }: Report): string[] {
  return findings
    .filter(({ state }) => state !== 'resolved')
    .map(({ rule, severity }) => `${rule.replace(`${TOOL}/`, '')} ${severity}`);
}
