import { readFile } from 'node:fs/promises';
import { RearguardError, reasonOf } from '../core/errors.ts';

/**
 * The text of a file as it is, byte order mark and line ends included, so that writing it back changes nothing; null where
 * there is none. Throws E_FILE_UNREADABLE, also for bytes that are no UTF-8 and would not survive.
 */
export async function exactText(path: string): Promise<string | null> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === 'ENOENT') return null;
    throw new RearguardError('E_FILE_UNREADABLE', { path, reason: reasonOf(thrown) }, { cause: thrown });
  }
}
