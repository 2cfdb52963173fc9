import { existsSync } from 'node:fs';
import { toRearguardError } from '../../core/errors.ts';
import { workspaceLayout } from '../../workspace/layout.ts';
import type { Runtime } from '../runtime.ts';

/** While a process goes on (the daemon, an MCP server), the file is written at most this often. */
const EVERY_MS = 60_000;
/** Reading a day of samples of many endpoints takes seconds, in the thread that serves: of all time it gets this share at most. */
const MAX_SHARE = 0.02;

/** Keeps AI-CONTEXT.md true as long as a runtime is open. */
export interface ContextKeeper {
  /** What a region says may have changed. */
  mark(): void;
  /** Writes what is still to be written; never throws. */
  close(): Promise<void>;
}

/** Does nothing, and loads nothing, where there is no workspace or the config says so. */
export function keepContextTrue(runtime: Runtime, everyMs: number = EVERY_MS): ContextKeeper {
  const { config, log, clock } = runtime;
  let tookMs = 0;
  let warned: string | null = null;
  let isMarked = false;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  async function write(): Promise<void> {
    isMarked = false;
    const fromMs = clock.monotonicMs();
    try {
      const { refreshContext } = await import('./refresh-context.ts');
      await refreshContext(runtime, { read: 'recent', signal: new AbortController().signal });
    } catch (thrown) {
      // The run itself is as good as it was.
      const { message, hint } = toRearguardError(thrown);
      const warning = `AI-CONTEXT.md was not refreshed: ${message}${hint === undefined ? '' : ` ${hint}`}`;
      // A broken marker stays broken for days while the daemon goes on.
      if (warning !== warned) log.warn(warning);
      warned = warning;
    }
    tookMs = clock.monotonicMs() - fromMs;
  }

  return {
    mark() {
      if (isMarked || !config.workspace.refresh || config.path === undefined) return;
      if (!existsSync(workspaceLayout(config.directory).context)) return;
      isMarked = true;
      const waitMs = Math.max(everyMs, tookMs / MAX_SHARE);
      timer ??= setTimeout(() => {
        timer = undefined;
        if (isMarked) writing = writing.then(write);
      }, waitMs).unref();
    },
    async close() {
      clearTimeout(timer);
      await writing;
      if (isMarked) await write();
    },
  };
}
