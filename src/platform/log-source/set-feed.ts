import { stat } from 'node:fs/promises';
import { reasonOf } from '../../core/errors.ts';
import type { Clock } from '../clock.ts';
import type { Feed } from './feed.ts';
import { PREFIX_BYTES } from './identity.ts';
import { IDLE_MS } from './idle-feed.ts';
import { lineStartBefore } from './line-start.ts';
import { type ReadSoFar, unreadOf } from './locate.ts';
import { changedSince, type LogSet, membersOf, type SetMember } from './log-set.ts';
import { type OpenLog, openLog, sameBytes } from './open-log.ts';
import type { ReadAhead } from './read-ahead.ts';
import { createReadFiles, isSameInode } from './read-files.ts';
import type { FileIdentity, LogCheckpoint, LogChunk, LogNotice, LogStream } from './types.ts';
import { createWaitingFiles } from './waiting-files.ts';
import { createWriteRate } from './write-rate.ts';

export interface SetFeedOptions {
  set: LogSet;
  checkpoint: LogCheckpoint | null;
  follow: boolean;
  fromEnd: boolean;
  sinceMs: number | undefined;
  ahead: ReadAhead;
  clock: Clock;
}

/** How long a writer that has not noticed the rotation may still write to the old file. */
const LINGER_MS = 10_000;
/** A change of a folder within one tick of the file system's clock leaves its time as it was. */
const CLOCK_TICK_MS = 50;
/** Rotation can be quicker than we are, but not for ever. */
const RELOCATIONS_AT_MOST = 50;

/** A rotated set, oldest file first; in follow, what is written, renamed, cut, deleted and made goes on. */
export function createSetFeed(options: SetFeedOptions): Feed {
  const { set, follow, ahead, clock } = options;
  const notices: LogNotice[] = [];
  const readFiles = createReadFiles();
  const waiting = createWaitingFiles({ follow, ahead, readFiles });
  let current: OpenLog | null = null;
  let stream: LogStream = { name: set.name, location: set.name, modifiedMs: null };
  /** Of the file before `current`. */
  let last: ReadSoFar | null = null;
  const rate = createWriteRate();
  let hasBegun = false;
  let isOver = false;
  /** A newer file is in use: what still comes is the last of this one. */
  let isDraining = false;
  /** A writer that does not append goes on where it was after a cut, behind a hole of zeros. */
  let cut: FileIdentity | null = null;
  let skipsNuls = false;
  let relocations = 0;
  let folderMs: number | null = null;
  let namesLookedFor = set.only?.size;
  let isFolderLost = false;
  let lastChunkAtMs: number | null = null;

  async function next(): Promise<LogChunk | LogNotice | null> {
    if (!hasBegun) {
      hasBegun = true;
      await begin();
    }
    for (;;) {
      const notice = notices.shift();
      if (notice !== undefined) return notice;
      if (current === null) {
        if (waiting.size > 0) await openNext();
        else if (follow) {
          await rescanIfChanged();
          if (waiting.size === 0 && notices.length === 0) return nothingNow();
        } else {
          isOver = true;
          return null;
        }
        continue;
      }
      const log: OpenLog = current;
      const chunk = await readOn(log);
      if (chunk !== null) return chunk;
      if (!(await goOnAfter(log))) return nothingNow();
    }
  }

  async function begin(): Promise<void> {
    const members = await look();
    const { checkpoint } = options;
    if (checkpoint?.file) {
      const { file, atByte } = checkpoint;
      const unread = await unreadOf(members, { file, atByte, tail: null, state: 'closed' });
      if (unread.current === null) notices.push({ type: 'truncated', stream, lostBytesAtMost: null });
      else waiting.add(unread.current, atByte);
      for (const member of unread.newer) waiting.add(member);
      return;
    }
    const newest = members.at(-1);
    if (options.fromEnd && newest !== undefined) {
      waiting.add(newest, await lineStartBefore(newest));
      return;
    }
    const wanted = changedSince(members, options.sinceMs);
    // In follow the newest is the one that will be written to.
    for (const member of follow && newest !== undefined && wanted.length === 0 ? [newest] : wanted)
      waiting.add(member);
  }

  async function look(): Promise<SetMember[]> {
    try {
      folderMs = (await stat(set.folder)).mtimeMs;
      if (clock.wallMs() - folderMs < CLOCK_TICK_MS) folderMs = null;
      namesLookedFor = set.only?.size;
      const members = await membersOf(set);
      isFolderLost = false;
      return members;
    } catch (thrown) {
      if (!isFolderLost) notices.push({ type: 'failed', stream, reason: reasonOf(thrown) });
      isFolderLost = true;
      return [];
    }
  }

  async function openNext(): Promise<void> {
    const { member, fromByte, log: opened } = waiting.next()!;
    let log: OpenLog;
    try {
      // While it waited, it may have been cut and be another one now.
      await opened?.look();
      log = opened ?? (await openLog({ path: member.path, fromByte, toByte: null, ahead }));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT' && (await relocate())) return;
      stream = { name: set.name, location: member.path, modifiedMs: member.modifiedMs };
      notices.push({ type: 'failed', stream, reason: reasonOf(thrown) });
      return;
    }
    if (opened === null && log.identity !== null && !isSameInode(member, log.identity)) {
      await log.close();
      if (await relocate()) return;
      log = await openLog({ path: member.path, fromByte, toByte: null, ahead });
    }
    if (last !== null && fromByte === 0) log = await pastCopied(log, last);
    current = log;
    skipsNuls = cut !== null && isSameInode(member, cut);
    if (skipsNuls) cut = null;
    stream = { name: set.name, location: log.path, modifiedMs: member.modifiedMs };
    isDraining = false;
  }

  /** While the copy of a file is made, both are there: what was read in the one is not read again in the other. */
  async function pastCopied(log: OpenLog, { file, atByte, tail }: ReadSoFar): Promise<OpenLog> {
    const { identity } = log;
    const isAlike = file.prefixBytes === PREFIX_BYTES && identity?.prefixHash === file.prefixHash;
    if (!isAlike || log.isPacked || log.bytes < atByte || identity?.inode === file.inode) return log;
    const further = await openLog({ path: log.path, fromByte: atByte, toByte: null, ahead });
    const isCopied = tail !== null && sameBytes(further.tail, tail);
    await (isCopied ? log : further).close();
    return isCopied ? further : log;
  }

  /** What waits was renamed before it could be opened. False when that happens again and again. */
  async function relocate(): Promise<boolean> {
    relocations += 1;
    if (relocations > RELOCATIONS_AT_MOST) return false;
    waiting.dropUnopened();
    if (last === null && waiting.size === 0) await begin();
    else if (last !== null) await waiting.addNewer((await unreadOf(await look(), last)).newer, current);
    return true;
  }

  async function readOn(log: OpenLog): Promise<LogChunk | null> {
    try {
      for (;;) {
        let bytes = await log.read();
        if (bytes === null) return null;
        if (skipsNuls) {
          const at = bytes.findIndex((byte) => byte !== 0);
          if (at < 0) continue;
          skipsNuls = false;
          bytes = bytes.subarray(at);
        }
        relocations = 0;
        lastChunkAtMs = clock.monotonicMs();
        return { type: 'chunk', stream, file: log.identity, atByte: log.atByte - bytes.length, bytes };
      }
    } catch (thrown) {
      notices.push({ type: 'failed', stream, reason: reasonOf(thrown) });
      await finish(log, { saysEnd: false });
      return null;
    }
  }

  /** At the end of what is there. False: nothing to do before something happens. */
  async function goOnAfter(log: OpenLog): Promise<boolean> {
    if (current !== log) return true;
    if (log.isPacked || log.identity === null || (!follow && log.atByte >= log.bytes)) {
      await finish(log);
      return true;
    }
    const looked = await log.look();
    if (looked === 'cut') {
      await goOnAfterCut(log);
      return true;
    }
    rate.saw(log.bytes, clock.monotonicMs());
    if (looked === 'more') return true;
    if (!follow) {
      await finish(log);
      return true;
    }
    await rescanIfChanged();
    if (notices.length > 0) return true;
    if (!isDraining && !(await waiting.isNextInUse())) return false;
    if (isDraining) await finish(log);
    else isDraining = true;
    return true;
  }

  async function finish(log: OpenLog, { saysEnd = true } = {}): Promise<void> {
    if (log.identity !== null) last = readSoFar(log, log.identity, 'closed');
    if (saysEnd) notices.push({ type: 'end', stream, atByte: log.atByte, file: log.identity });
    await readFiles.add({ log, stream, untilMs: clock.monotonicMs() + LINGER_MS });
    current = null;
  }

  /** The file begins anew; what was read of it may go on in a copy (`copytruncate`). */
  async function goOnAfterCut(log: OpenLog): Promise<void> {
    const read = readSoFar(log, log.identity!, 'cut');
    const lostBytesAtMost = rate.sinceLastLook(clock.monotonicMs());
    notices.push({ type: 'truncated', stream, lostBytesAtMost });
    const unread = await unreadOf(await look(), read);
    const { current: copy } = unread;
    const rest = copy !== null && (copy.place.packing !== null || copy.bytes > read.atByte);
    if (rest) waiting.add(copy, read.atByte);
    else notices.push({ type: 'end', stream, atByte: log.atByte, file: log.identity });
    await log.close();
    current = null;
    last = read;
    cut = read.file;
    for (const member of unread.newer) waiting.add(member);
  }

  async function rescanIfChanged(): Promise<void> {
    if (!(await isFolderChanged())) return;
    const members = await look();
    if (current === null || current.identity === null) {
      await waiting.addNewer(last === null ? members : (await unreadOf(members, last)).newer, current);
      return;
    }
    const unread = await unreadOf(members, readSoFar(current, current.identity, 'open'));
    const path = unread.current?.path ?? null;
    if (path !== current.path && path !== stream.location) {
      notices.push({ type: 'rotated', stream, to: path });
      stream = { ...stream, location: path ?? stream.location };
      current.path = path ?? current.path;
    }
    await waiting.addNewer(unread.newer, current);
  }

  async function isFolderChanged(): Promise<boolean> {
    const now = await stat(set.folder).catch(() => null);
    return now === null || now.mtimeMs !== folderMs || set.only?.size !== namesLookedFor;
  }

  async function nothingNow(): Promise<LogChunk | LogNotice | null> {
    if (!follow) return null;
    const nowMs = clock.monotonicMs();
    const late = await readFiles.grown(nowMs);
    const bytes = (await late?.log.read()) ?? null;
    if (late !== null && bytes !== null) {
      const { log } = late;
      return {
        type: 'chunk',
        stream: late.stream,
        file: log.identity,
        atByte: log.atByte - bytes.length,
        bytes,
      };
    }
    if (lastChunkAtMs === null || nowMs - lastChunkAtMs < IDLE_MS) return null;
    lastChunkAtMs = null;
    return { type: 'idle', stream };
  }

  return {
    next,
    isOver: () => isOver,
    async close() {
      await current?.close();
      await waiting.close();
      await readFiles.close();
    },
  };
}

function readSoFar({ atByte, tail }: OpenLog, file: FileIdentity, state: ReadSoFar['state']): ReadSoFar {
  return { file, atByte, tail, state };
}
