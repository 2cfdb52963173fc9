import { beginsLike } from './identity.ts';
import type { SetMember } from './log-set.ts';
import { type OpenLog, prefixOf } from './open-log.ts';
import type { FileIdentity, LogStream } from './types.ts';

/** A file that was read to its end, and how far that was. */
export interface ReadFile {
  log: OpenLog;
  stream: LogStream;
  untilMs: number;
}

/** Files that have been read: those still open, as somebody may write to them, and what tells the others again. */
export interface ReadFiles {
  /** The last one is known for longest. */
  add(file: ReadFile): Promise<void>;
  /** Whether the member is one of them, packed or not. */
  has(member: SetMember): Promise<boolean>;
  /** One that has grown since. Closes those whose time is over. */
  grown(nowMs: number): Promise<ReadFile | null>;
  close(): Promise<void>;
}

/** An open file keeps its inode from being used again. */
const OPEN_AT_MOST = 4;
const KNOWN_AT_MOST = 64;

export function createReadFiles(): ReadFiles {
  const open: ReadFile[] = [];
  const known: FileIdentity[] = [];

  return {
    async add(file) {
      if (file.log.identity !== null) known.push(file.log.identity);
      if (known.length > KNOWN_AT_MOST) known.shift();
      open.push(file);
      if (open.length > OPEN_AT_MOST) await open.shift()?.log.close();
    },

    async has(member) {
      const isPacked = member.place.packing !== null;
      const alike = known.filter((file) => isPacked || isSameInode(member, file));
      if (alike.length === 0) return false;
      const prefix = await prefixOf(member.path).catch(() => null);
      if (prefix === null) return false;
      return alike.some((file) => (file.prefixBytes === 0 ? prefix.length === 0 : beginsLike(prefix, file)));
    },

    async grown(nowMs) {
      while (open[0] !== undefined && open[0].untilMs <= nowMs) await open.shift()?.log.close();
      for (const file of open) {
        if (!file.log.isPacked && (await file.log.look()) === 'more') return file;
      }
      return null;
    },

    async close() {
      for (const { log } of open.splice(0)) await log.close();
    },
  };
}

export function isSameInode(member: SetMember, file: FileIdentity): boolean {
  const isBornThen = member.bornMs === null || file.bornMs === undefined || member.bornMs === file.bornMs;
  return member.inode === file.inode && member.device === file.device && isBornThen;
}
