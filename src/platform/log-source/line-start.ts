import { open } from 'node:fs/promises';
import { readAt } from './identity.ts';
import type { SetMember } from './log-set.ts';

const NEWLINE = 10;
/** A line that is longer is begun in its midst. */
const LOOK_BACK_BYTES = 65_536;

/** Where the last line that is not whole begins: the end of the file, when all are. */
export async function lineStartBefore({ path, bytes }: SetMember): Promise<number> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return bytes;
  try {
    const from = Math.max(0, bytes - LOOK_BACK_BYTES);
    const at = (await readAt(file, from, bytes - from)).lastIndexOf(NEWLINE);
    return at < 0 && from > 0 ? bytes : from + at + 1;
  } finally {
    await file.close();
  }
}
