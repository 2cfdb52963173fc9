import type { StatementDelta } from '../../../_shared/database/statements.ts';
import type { QueryWaits } from '../wait-profile.ts';

/** Far more than any of them takes, so that what is left over is no work of the statement. */
const MS_A_PAGE = 0.5;
const MS_A_ROW = 0.1;
const MS_A_READ = 10;
/** Below this share of its time, pages and rows explain next to nothing of it. */
const EXPLAINED_SHARE = 0.2;
/** Sessions that were met in it; fewer say nothing. */
const MIN_SAMPLES = 3;

/**
 * `works`: what it reads and writes can explain its time, or samples show no lock. `waits`: it does next to nothing, and
 * was met waiting for a lock of another session; `share` is the part of its samples that was, 0 to 1. `unclear`: it does
 * next to nothing and takes locks, and nobody met it while it ran.
 */
export type LockTime = { kind: 'works' } | { kind: 'waits'; share: number } | { kind: 'unclear' };

/**
 * The counters of statements (PostgreSQL up to 18) hold no time of waiting for locks: it is a part of the execution time.
 * Both must agree before a statement is excused: counters over the whole window, and samples of its sessions.
 */
export function lockTimeOf(delta: StatementDelta, sampled: QueryWaits | undefined): LockTime {
  if (explainedMs(delta) >= EXPLAINED_SHARE * delta.totalMs) return { kind: 'works' };
  if (sampled === undefined || sampled.samples < MIN_SAMPLES) {
    return takesRowLocks(delta.text) ? { kind: 'unclear' } : { kind: 'works' };
  }
  return sampled.locked === 0
    ? { kind: 'works' }
    : { kind: 'waits', share: sampled.locked / sampled.samples };
}

/** The most that its pages, rows and files can have taken. */
function explainedMs(delta: StatementDelta): number {
  const { sharedHit, sharedRead, sharedWritten, tempRead, tempWritten, rows, readMs, writeMs } = delta;
  const blockMs =
    readMs === null || writeMs === null ? MS_A_READ * (sharedRead + sharedWritten) : readMs + writeMs;
  return (
    blockMs + MS_A_PAGE * (sharedHit + sharedRead) + MS_A_READ * (tempRead + tempWritten) + MS_A_ROW * rows
  );
}

/** Readers wait only for changes of the schema, which are rare; writers for every other writer of the row. */
function takesRowLocks(text: string | null): boolean {
  if (text === null) return false;
  const plain = text.replace(/\/\*[\s\S]*?\*\//g, ' ');
  return (
    /^[\s(]*(?:insert|update|delete|merge)\b/i.test(plain) ||
    /\bfor\s+(?:no\s+key\s+update|key\s+share|update|share)\b/i.test(plain)
  );
}
