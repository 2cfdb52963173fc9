/** PostgreSQL's table of conflicts between lock modes (storage/lmgr/lock.c); pg_locks names them so. */
const CONFLICTS: Readonly<Record<string, readonly string[]>> = {
  AccessShareLock: ['AccessExclusiveLock'],
  RowShareLock: ['ExclusiveLock', 'AccessExclusiveLock'],
  RowExclusiveLock: ['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'],
  ShareUpdateExclusiveLock: [
    'ShareUpdateExclusiveLock',
    'ShareLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
  ShareLock: [
    'RowExclusiveLock',
    'ShareUpdateExclusiveLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
  ShareRowExclusiveLock: [
    'RowExclusiveLock',
    'ShareUpdateExclusiveLock',
    'ShareLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
  ExclusiveLock: [
    'RowShareLock',
    'RowExclusiveLock',
    'ShareUpdateExclusiveLock',
    'ShareLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
};

/** Weakest first. */
const BY_STRENGTH = [...Object.keys(CONFLICTS), 'AccessExclusiveLock'];

/** Whether a lock of the one mode must wait for one of the other. */
export function conflicts(wanted: string, held: string): boolean {
  // Whoever wants everything waits for everybody.
  return CONFLICTS[wanted]?.includes(held) ?? true;
}

/** The strongest of some modes; undefined of none. */
export function strongest(modes: readonly string[]): string | undefined {
  return modes.toSorted((a, b) => BY_STRENGTH.indexOf(b) - BY_STRENGTH.indexOf(a))[0];
}
