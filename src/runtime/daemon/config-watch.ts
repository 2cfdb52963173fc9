import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Editors write in several steps; this long after the first sign the file is whole. */
const SETTLE_MS = 250;
/** Signs get lost on network drives and mounted files, so it is looked at anyway. */
const LOOK_EVERY_MS = 5_000;
/** What "gone" is remembered as. */
const ABSENT = '';

/**
 * Calls back when the text of the file is another one, never two at a time. The folder is watched, because a file that
 * is replaced is another file; one that is gone for a moment while it is replaced is no change.
 */
export async function watchConfigFile(
  path: string,
  onChange: () => Promise<unknown>,
): Promise<{ stop(): void }> {
  let known = await digestOf(path);
  let isMissing = false;
  let isLooking = false;
  let isStopped = false;
  let settling: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    if (isLooking || isStopped) return;
    isLooking = true;
    try {
      const found = await digestOf(path);
      // Gone once is being replaced; gone twice is gone.
      const isGone = found === ABSENT && isMissing;
      isMissing = found === ABSENT;
      if (found === known || (found === ABSENT && !isGone)) return;
      known = found;
      await onChange();
    } finally {
      isLooking = false;
    }
  }

  const lookSoon = (): void => {
    settling ??= setTimeout(() => {
      settling = undefined;
      void look();
    }, SETTLE_MS);
  };
  const watcher = watchFolder(dirname(path), lookSoon);
  const regularly = setInterval(() => void look(), LOOK_EVERY_MS);
  return {
    stop() {
      isStopped = true;
      clearTimeout(settling);
      clearInterval(regularly);
      watcher?.close();
    },
  };
}

/** undefined where the system cannot watch, or has no watches left: looking regularly has to do. */
function watchFolder(folder: string, onSign: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, onSign);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

async function digestOf(path: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  } catch {
    return ABSENT;
  }
}
