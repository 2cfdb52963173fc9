import { stat } from 'node:fs/promises';
import { beginsLike } from './identity.ts';
import type { SetMember } from './log-set.ts';
import { type OpenLog, openLog, prefixOf } from './open-log.ts';
import type { ReadAhead } from './read-ahead.ts';
import { isSameInode, type ReadFiles } from './read-files.ts';
import type { FileIdentity } from './types.ts';

/** Files that wait are kept open in follow, so that nobody can delete them unread; more than this are opened when their turn comes. */
const OPEN_AT_MOST = 16;

export interface WaitingFile {
  member: SetMember;
  fromByte: number;
  /** Null: opened when its turn comes. */
  log: OpenLog | null;
}

/** Files of a set that are not being read yet, in the order in which they will be. */
export interface WaitingFiles {
  readonly size: number;
  next(): WaitingFile | undefined;
  /** From a byte on, behind all others. */
  add(member: SetMember, fromByte?: number): void;
  /**
   * Has members wait that neither do so yet nor were read, all in the order of the set; what waits and is a member no longer is the oldest. In
   * follow they are opened at once: then they cannot get lost.
   */
  addNewer(members: readonly SetMember[], current: OpenLog | null): Promise<void>;
  /** What is not open may be another file by now; what is open cannot be mistaken for one. */
  dropUnopened(): void;
  /** Whether a writer has gone on to the next of them. */
  isNextInUse(): Promise<boolean>;
  close(): Promise<void>;
}

export function createWaitingFiles({
  follow,
  ahead,
  readFiles,
}: {
  follow: boolean;
  ahead: ReadAhead;
  readFiles: Pick<ReadFiles, 'has'>;
}): WaitingFiles {
  let waiting: WaitingFile[] = [];

  async function addNewer(members: readonly SetMember[], current: OpenLog | null): Promise<void> {
    const before = waiting;
    const ordered: WaitingFile[] = [];
    for (const member of members) {
      const known = before.find((entry) => isSameInode(member, identityOfWaiting(entry)));
      if (known !== undefined) ordered.push({ ...known, member });
      else if (!(await readFiles.has(member)) && !(await isHeldUnpacked(member, current))) {
        ordered.push(await waitingFor(member));
      }
    }
    waiting = [
      ...before.filter(
        (entry) => !ordered.some(({ member }) => isSameInode(member, identityOfWaiting(entry))),
      ),
      ...ordered,
    ];
  }

  async function waitingFor(member: SetMember): Promise<WaitingFile> {
    const entry = fromFirstByte(member);
    const open = waiting.filter(({ log }) => log !== null).length;
    if (!follow || open >= OPEN_AT_MOST) return entry;
    const log = await openLog({ path: member.path, fromByte: 0, toByte: null, ahead }).catch(() => null);
    if (log === null) return entry;
    if (log.identity === null || isSameInode(member, log.identity)) return { ...entry, log };
    // Renamed since: it is found under its new name when its turn comes.
    await log.close();
    return entry;
  }

  async function isHeldUnpacked({ path, place }: SetMember, current: OpenLog | null): Promise<boolean> {
    if (place.packing === null) return false;
    const prefix = await prefixOf(path).catch(() => null);
    const held = [...waiting.map(({ log }) => log), current].flatMap((log) => log?.identity ?? []);
    return prefix !== null && held.some((identity) => beginsLike(prefix, identity));
  }

  async function isNextInUse(): Promise<boolean> {
    const [first, second] = waiting;
    if (first === undefined) return false;
    if (second !== undefined) return true;
    if (first.log === null) return ((await stat(first.member.path).catch(() => null))?.size ?? 0) > 0;
    await first.log.look();
    return first.log.bytes > 0;
  }

  return {
    get size() {
      return waiting.length;
    },
    next: () => waiting.shift(),
    add: (member, fromByte = 0) => void waiting.push({ member, fromByte, log: null }),
    addNewer,
    dropUnopened() {
      waiting = waiting.filter(({ log }) => log !== null);
    },
    isNextInUse,
    async close() {
      for (const { log } of waiting) await log?.close();
    },
  };
}

function fromFirstByte(member: SetMember): WaitingFile {
  return { member, fromByte: 0, log: null };
}

function identityOfWaiting({ log, member }: WaitingFile): FileIdentity {
  const { device, inode, bornMs } = member;
  const born = bornMs === null ? {} : { bornMs };
  return log?.identity ?? { device, inode, prefixBytes: 0, prefixHash: '', ...born };
}
