import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bornMsOf } from './identity.ts';
import { oldestFirst, rotationNameOf, type RotationName } from './rotation-name.ts';

/** The files that one log is written to, one after another. */
export interface LogSet {
  /** Of its streams: the path without what rotation adds to it. */
  name: string;
  folder: string;
  base: string;
  /** Names of the only files that were asked for, grows when a pattern finds more; null: all of the set. */
  only: Set<string> | null;
}

/** A file of a set as it was when the folder was read. */
export interface SetMember {
  path: string;
  place: RotationName;
  device: number;
  inode: number;
  bytes: number;
  modifiedMs: number;
  /** Null where the file system does not know. */
  bornMs: number | null;
}

/** Rotation renames one file after another; a list from the midst of that would hold one twice or not at all. */
const LOOKS_AT_MOST = 40;
const LOOK_AGAIN_MS = 2;

/** Files of the set, oldest first, as they stood at one moment. Throws what the system says when the folder cannot be read. */
export async function membersOf(set: LogSet): Promise<SetMember[]> {
  let before = await lookAt(set);
  for (let looks = 1; looks < LOOKS_AT_MOST; looks += 1) {
    const now = await lookAt(set);
    if (now.isWhole && sameFiles(before.members, now.members)) return oldestFirst(unpackedOnce(now.members));
    before = now;
    await sleep(LOOK_AGAIN_MS);
  }
  return oldestFirst(unpackedOnce(onceEach(before.members)));
}

async function lookAt(set: LogSet): Promise<{ members: SetMember[]; isWhole: boolean }> {
  const names = await namesOf(set);
  const found = await Promise.all(names.map(({ name, place }) => memberAt(join(set.folder, name), place)));
  return {
    members: found.filter((member) => member !== null && member !== 'gone'),
    isWhole: !found.includes('gone'),
  };
}

async function namesOf({ folder, base, only }: LogSet): Promise<{ name: string; place: RotationName }[]> {
  const all = only === null ? await readdir(folder) : [...only];
  // A look-up of neighbours only for those that could be of this set.
  const neighbours = new Set(all);
  return all
    .map((name) => ({
      name,
      place: rotationNameOf(name, (other) => neighbours.has(other) || other === base),
    }))
    .filter(({ name, place }) => place.base === base || only?.has(name) === true);
}

async function memberAt(path: string, place: RotationName): Promise<SetMember | 'gone' | null> {
  const stats = await stat(path).catch(() => 'gone' as const);
  if (stats === 'gone') return 'gone';
  if (stats.isDirectory()) return null;
  return {
    path,
    place,
    device: stats.dev,
    inode: stats.ino,
    bytes: stats.size,
    modifiedMs: stats.mtimeMs,
    bornMs: bornMsOf(stats),
  };
}

function sameFiles(a: readonly SetMember[], b: readonly SetMember[]): boolean {
  if (a.length !== b.length) return false;
  const inodes = new Map(a.map((member) => [member.path, member.inode]));
  return b.every(({ path, inode }) => inodes.get(path) === inode);
}

function onceEach(members: readonly SetMember[]): SetMember[] {
  const seen = new Set<number>();
  return members.filter(({ inode }) => !seen.has(inode) && seen.add(inode));
}

/** While a file is being packed, both are there, and the packed one is not whole. */
function unpackedOnce(members: readonly SetMember[]): SetMember[] {
  const paths = new Set(members.map(({ path }) => path));
  return members.filter(
    ({ path, place }) => place.packing === null || !paths.has(path.slice(0, -place.packing.length - 1)),
  );
}

/** Between the clock of records and that of files. */
const SINCE_SLACK_MS = 3_600_000;

/** Members that can hold records since then (epoch ms). */
export function changedSince(
  members: readonly SetMember[],
  sinceMs: number | undefined,
): readonly SetMember[] {
  return sinceMs === undefined
    ? members
    : members.filter(({ modifiedMs }) => modifiedMs >= sinceMs - SINCE_SLACK_MS);
}
