import { open } from 'node:fs/promises';
import { reasonOf } from '../../core/errors.ts';
import { beginsLike, readAt } from './identity.ts';
import type { SetMember } from './log-set.ts';
import { prefixOf, sameBytes } from './open-log.ts';
import { isLive } from './rotation-name.ts';
import type { FileIdentity } from './types.ts';

/** What of a set has been read: everything before this byte of this file. */
export interface ReadSoFar {
  file: FileIdentity;
  atByte: number;
  /** The content just before `atByte`, where it is still known. */
  tail: Uint8Array | null;
  /** Of the file: open, so that its inode is its own; closed; or cut where it stands, so that what was read of it is elsewhere, or nowhere. */
  state: 'open' | 'closed' | 'cut';
}

export interface Unread {
  /** The file with the rest of what was being read, null when it is gone. */
  current: SetMember | null;
  /** Written later, oldest first. */
  newer: SetMember[];
}

/** Programs that pack keep the time of a file, some of them to the second. */
const TIME_SLACK_MS = 2_000;

/**
 * Finds what was read among the files of a set (oldest first), whatever they are called now: by inode, if its content is still that; else
 * by content, packed or copied. When it is gone, the files that were changed since are unread.
 */
export async function unreadOf(members: readonly SetMember[], read: ReadSoFar): Promise<Unread> {
  const at = await placeOf(members, read);
  if (at >= 0) return { current: members[at]!, newer: members.slice(at + 1) };
  const { modifiedMs, device, inode } = read.file;
  const newer = members.filter(
    (member) =>
      modifiedMs === undefined ||
      member.modifiedMs >= modifiedMs ||
      isLive(member) ||
      (read.state === 'cut' && member.inode === inode && member.device === device),
  );
  return { current: null, newer };
}

async function placeOf(members: readonly SetMember[], read: ReadSoFar): Promise<number> {
  const same = members.findIndex(
    ({ device, inode }) => device === read.file.device && inode === read.file.inode,
  );
  if (same >= 0 && read.state === 'open') return same;
  if (same >= 0 && read.state === 'closed' && (await isContinued(members[same]!, read))) return same;

  const { modifiedMs = 0 } = read.file;
  const alike: number[] = [];
  for (const [index, member] of members.entries()) {
    if (index === same || !(await holdsRead(member, read))) continue;
    alike.push(index);
  }
  // Several files may begin alike. Read was the oldest of those that were changed since: what is older had ended before.
  return (
    alike.find((index) => members[index]!.modifiedMs >= modifiedMs - TIME_SLACK_MS) ?? alike.at(-1) ?? -1
  );
}

/** The same inode: the same file, or one that was made after it was gone, or its own later content. */
async function isContinued(member: SetMember, { file, atByte, tail }: ReadSoFar): Promise<boolean> {
  if (file.bornMs !== undefined && member.bornMs !== null && file.bornMs !== member.bornMs) return false;
  if (file.prefixBytes === 0) return atByte === 0;
  const prefix = await prefixOf(member.path).catch(() => null);
  if (prefix === null || !beginsLike(prefix, file)) return false;
  return member.place.packing !== null || (member.bytes >= atByte && (await endsLike(member, atByte, tail)));
}

/** Another inode: a copy, or packed. */
async function holdsRead(member: SetMember, { file, atByte, tail }: ReadSoFar): Promise<boolean> {
  const prefix = await prefixOf(member.path).catch(() => null);
  if (prefix === null || !beginsLike(prefix, file)) return false;
  // A copy may have been made before the last bytes came that were read.
  return member.place.packing !== null || member.bytes < atByte || endsLike(member, atByte, tail);
}

async function endsLike({ path }: SetMember, atByte: number, tail: Uint8Array | null): Promise<boolean> {
  if (tail === null || tail.length === 0) return true;
  const file = await open(path, 'r').catch(reasonOf);
  if (typeof file === 'string') return false;
  try {
    return sameBytes(await readAt(file, atByte - tail.length, tail.length), tail);
  } finally {
    await file.close();
  }
}
