import { dirname, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonOf } from '../core/errors.ts';

/** Everything of this program, compiled or not. */
const OWN_FOLDER = fileURLToPath(new URL('..', import.meta.url));
/** `/a/b.ts:2:0`, `at f (/a/b.ts:2:0)`, `at file:///a/b.mjs:2:0`: a compiler's message or a line of a stack. */
const PLACE = /(file:\/\/\S+|\/[^()]+|\b[A-Za-z]:\\[^()]+):(\d+):\d+\)?\s*$/;

/**
 * The first line of what a module threw while it was loaded, and where that was: the first place in a file of the user's, its path relative to the
 * module's folder. `Unexpected token (helper.ts, line 2)`; without the place where nothing says it.
 */
export function reasonWithPlace(thrown: unknown, module: string): string {
  const reason = reasonOf(thrown).trim();
  if (!(thrown instanceof Error)) return reason;
  for (const line of [...thrown.message.split('\n').slice(1), ...(thrown.stack ?? '').split('\n')]) {
    const [, file, number] = PLACE.exec(line) ?? [];
    const path = file === undefined ? null : pathOf(file);
    if (path === null || path.startsWith(OWN_FOLDER) || path.includes(`${sep}node_modules${sep}`)) continue;
    return `${reason} (${relative(dirname(module), path).split(sep).join('/')}, line ${number})`;
  }
  return reason;
}

function pathOf(file: string): string | null {
  try {
    return file.startsWith('file:') ? fileURLToPath(file.replace(/\?.*$/, '')) : file;
  } catch {
    return null;
  }
}
