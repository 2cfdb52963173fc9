import { open } from 'node:fs/promises';
import { readAt } from './identity.ts';
import { packingOf } from './packing.ts';

const LOOK_BYTES = 4_096;
const DIGITS_OF_A_TIME = /\d[\d:./-]{6,}\d/;

/**
 * For names that also belong to data and settings (`.json`, `.csv`, `.txt`): whether the first line is a whole JSON object, or holds something
 * like a time. Packed content is not looked into.
 */
export async function looksLikeLog(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return false;
  try {
    const head = await readAt(file, 0, LOOK_BYTES);
    if (packingOf(head) !== null) return true;
    const [line = ''] = new TextDecoder().decode(head).split('\n', 1);
    const isObject = line.startsWith('{"') && (line.trimEnd().endsWith('}') || line.length >= LOOK_BYTES / 2);
    return isObject || DIGITS_OF_A_TIME.test(line);
  } finally {
    await file.close();
  }
}
