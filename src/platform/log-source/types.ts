/** Where log bytes come from. */
export type LogSourceSpec =
  /** A file, a folder (all of its logs), or a path whose parts may hold `*` and `**`; rotated and packed siblings belong to it. */
  | { kind: 'files'; path: string }
  /** Bytes of one plain file and nothing else of its set, for a share of the work. Offsets are those of the file. */
  | { kind: 'part'; path: string; fromByte: number; toByte: number }
  | { kind: 'stdin' }
  | { kind: 'docker'; container: string }
  | { kind: 'kubernetes'; selector: string; namespace?: string; context?: string }
  | { kind: 'journal'; unit?: string };

/** One stream of bytes, in the order in which it was written. The files of a rotated set are one stream each, oldest first. */
export interface LogStream {
  /** Stable, for checkpoints and reports: the path without the rotation's ending, `docker:web`, `stdin`. */
  name: string;
  /** Where it is read from now: `/var/log/app.log.2.gz`. */
  location: string;
  /** Epoch milliseconds of its last change: dates without a year take theirs from it. Null for programs and stdin. */
  modifiedMs: number | null;
}

/**
 * What tells a file from another one of the same name or inode: device and inode, and a hash of its first bytes (up to 256, as many as it had),
 * as names, inodes and sizes alone each fail under some way of rotating (the research names the trackers' reports).
 */
export interface FileIdentity {
  device: number;
  inode: number;
  prefixBytes: number;
  /** Of the content: the same before and after packing. */
  prefixHash: string;
  /** When the file was made, epoch ms: tells a reused inode. Absent where the file system does not know. */
  bornMs?: number;
  /** Its last change when it was read, epoch ms: what was changed before is older than it, should it be gone itself. */
  modifiedMs?: number;
}

/** How far a stream has been folded in. JSON; the reader's own state goes in `reader`. */
export interface LogCheckpoint {
  stream: string;
  /** Of the content (unpacked, where it is packed): the first byte that is not folded in. */
  atByte: number;
  /** Null for programs, which resume by time. */
  file: FileIdentity | null;
  /** Of the last chunk that begins at or before `atByte`; null for files. */
  cursor: string | null;
  /** State of the record reader at that byte. */
  reader: unknown;
}

/** A piece of a stream. `bytes` is only valid until the next one is asked for. */
export interface LogChunk {
  type: 'chunk';
  stream: LogStream;
  /** Null for programs and stdin. */
  file: FileIdentity | null;
  /** Content offset of its first byte. */
  atByte: number;
  bytes: Uint8Array;
  /** Where a program has to begin to give this chunk again; opaque. Absent for files and stdin. Chunks of programs begin and end with lines. */
  cursor?: string;
}

export type LogNotice =
  /** No more of this file: a rotated one, or the end of all when nothing is followed. */
  | { type: 'end'; stream: LogStream; atByte: number; file: FileIdentity | null }
  /**
   * The file was cut while it was read; at most `lostBytesAtMost` were written and gone before they could be seen, at the fastest rate
   * seen so far. Null: not known, as it happened between two runs.
   */
  | { type: 'truncated'; stream: LogStream; lostBytesAtMost: number | null }
  | { type: 'rotated'; stream: LogStream; to: string | null }
  /** Could not be read: permission, a missing program, a damaged archive. The others go on. */
  | { type: 'failed'; stream: LogStream; reason: string }
  /** Nothing came for a while (followed streams): what is pending may be given out. */
  | { type: 'idle'; stream: LogStream };

export interface ReadLogsOptions {
  specs: readonly LogSourceSpec[];
  /** From earlier runs; a stream without one begins at its first byte. */
  checkpoints: readonly LogCheckpoint[];
  /** Go on when the end is reached: rotation, truncation and new files included. */
  follow: boolean;
  /** In follow: begin at the end of what is there, where no checkpoint says otherwise. */
  fromEnd?: boolean;
  /** Epoch ms, where there is no checkpoint: programs begin there, and files whose last change is over an hour before are left out. */
  sinceMs?: number;
  signal: AbortSignal;
}

/** A file that `read` would read. */
export interface LogFile {
  stream: LogStream;
  /** As it lies on the disk. */
  bytes: number;
  packed: boolean;
}

/** Log bytes of the machine and of its programs. Never writes, never locks. */
export interface LogSources {
  /** Files of the specs, each set's oldest first; what cannot be read is left out. Programs and stdin have none. */
  files(options: Pick<ReadLogsOptions, 'specs' | 'sinceMs'>): Promise<LogFile[]>;
  /** Ends when all is read, or, in follow, when the signal is aborted or a pipe that is all there is has ended. */
  read(options: ReadLogsOptions): AsyncIterable<LogChunk | LogNotice>;
}
