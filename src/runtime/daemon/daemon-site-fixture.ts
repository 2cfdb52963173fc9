import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { type Daemon, type DaemonOptions, startDaemon } from './daemon.ts';
import type { ServeAccess } from './load-generation.ts';

export const KEY = 'hunter2-hunter2';
const FILE_GUARD = fileURLToPath(new URL('./file-guard-fixture.ts', import.meta.url));

/** A folder with a config and a file that is watched, and daemons over it. */
export interface DaemonSite {
  folder: string;
  /** Every change, as `from -> to`. */
  changes: string[];
  /** Every line of the log. */
  lines: string[];
  /** What `onAccess` was called with. */
  accesses: ServeAccess[];
  configure(more?: Readonly<Record<string, unknown>>): Promise<void>;
  /** `well`, `ill` or `crash`. */
  write(state: string): Promise<void>;
  start(more?: Partial<DaemonOptions>): Promise<Daemon>;
  close(): Promise<void>;
}

export async function openDaemonSite(): Promise<DaemonSite> {
  const folder = await mkdtemp(join(tmpdir(), 'rearguard-daemon-'));
  const started: Daemon[] = [];
  const log = (line: string): void => void site.lines.push(line);
  const site: DaemonSite = {
    folder,
    changes: [],
    lines: [],
    accesses: [],
    configure: (more = {}) =>
      writeFile(
        join(folder, 'rearguard.config.json'),
        JSON.stringify({
          plugins: [FILE_GUARD],
          tools: { 'file-guard': { key: { $env: 'FILE_KEY' } } },
          serve: { port: 0, monitors: ['file-guard'] },
          alerts: { groupWait: '1ms', dependentWait: '1ms', notifiers: { here: { kind: 'console' } } },
          ...more,
        }),
      ),
    async write(state) {
      // The guard may look at any moment: never at half a file.
      await writeFile(join(folder, 'draft.txt'), state);
      await rename(join(folder, 'draft.txt'), join(folder, 'state.txt'));
    },
    async start(more = {}) {
      const daemon = await startDaemon({
        runtime: { cwd: folder, env: { FILE_KEY: KEY }, workerThreads: false },
        log: { debug: log, info: log, warn: log },
        onChange: ({ text }) => site.changes.push(text),
        writeLine: log,
        onAccess: (access) => {
          site.accesses.push(access);
          return Promise.resolve();
        },
        signal: new AbortController().signal,
        ...more,
      });
      started.push(daemon);
      return daemon;
    },
    async close() {
      for (const daemon of started) await daemon.stop().catch(() => undefined);
      await rm(folder, { recursive: true, force: true });
    },
  };
  await site.configure();
  await site.write('well');
  return site;
}

/** Until it holds; generous, for nothing here is about time. */
export function eventually(assertion: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(assertion, { timeout: 45_000, interval: 50 });
}
