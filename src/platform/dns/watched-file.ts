import { readFileSync, statSync } from 'node:fs';

/**
 * A small system file, parsed once and again when it changed. Reads are synchronous on purpose: the asynchronous ones
 * share libuv's thread pool with `getaddrinfo`, which a silent name server can fill.
 */
export function watchFile<T>(path: string, parse: (text: string) => T): () => T {
  let stamp: string | undefined;
  let parsed: T | undefined;
  return () => {
    const stat = statSync(path, { throwIfNoEntry: false });
    const found = stat === undefined ? 'absent' : `${stat.ino}:${stat.size}:${stat.mtimeMs}`;
    if (parsed === undefined || found !== stamp) {
      parsed = parse(stat === undefined ? '' : readText(path));
      stamp = found;
    }
    return parsed;
  };
}

/** An unreadable file counts as an empty one, as the C library has it. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
