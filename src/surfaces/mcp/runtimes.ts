import { stat } from 'node:fs/promises';
import { createRuntime, type Runtime, type RuntimeOptions } from '../../runtime/runtime.ts';

/** The runtime of a server that lives long: made with the first call, and anew when the config has changed or could not be read before. */
export interface Runtimes {
  /** Throws what createRuntime() throws. */
  use<T>(body: (runtime: Runtime) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

interface Held {
  runtime: Runtime;
  /** Of the config it was made of. */
  stamp: string;
  users: number;
  /** Another one took its place: whoever uses it last closes it. */
  replaced: boolean;
}

export function createRuntimes(options: RuntimeOptions): Runtimes {
  let current: Promise<Held> | undefined;

  async function open(): Promise<Held> {
    const runtime = await createRuntime(options);
    return { runtime, stamp: await stampOf(runtime.config.path), users: 0, replaced: false };
  }

  async function release(held: Held): Promise<void> {
    held.users -= 1;
    if (held.replaced && held.users === 0) await held.runtime.close();
  }

  async function retire(held: Held): Promise<void> {
    held.replaced = true;
    if (held.users === 0) await held.runtime.close();
  }

  async function renewed(before: Held | undefined): Promise<Held> {
    if (
      before !== undefined &&
      !before.replaced &&
      before.stamp === (await stampOf(before.runtime.config.path))
    ) {
      return before;
    }
    // First, because a config that cannot be read makes no next one, and nobody would know of this one any more.
    if (before !== undefined) await retire(before);
    return open();
  }

  return {
    async use(body) {
      // In a row: of two calls at once, one opens it and the other finds it.
      const turn = (current ?? Promise.resolve(undefined)).catch(() => undefined).then(renewed);
      current = turn;
      const held = await turn;
      held.users += 1;
      try {
        return await body(held.runtime);
      } finally {
        await release(held);
      }
    },
    async close() {
      const held = await current?.catch(() => undefined);
      current = undefined;
      if (held === undefined) return;
      await retire(held);
    },
  };
}

async function stampOf(path: string | undefined): Promise<string> {
  if (path === undefined) return '';
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? 'gone' : `${found.mtimeMs} ${found.size}`;
}
