import { describe, expect, it } from 'vitest';
import { leastHarm, longestWaitBelow, nodeOf, victimsOf } from './lock-forest.ts';
import { forestOf, lockNode, SECOND, waitingFor } from './live-fixtures.ts';

const readers = [31, 32].map((pid) => lockNode({ pid, wait: waitingFor('AccessShareLock', 2 * SECOND) }));
const alter = lockNode({
  pid: 30,
  application: 'migrate',
  text: 'alter table orders add note text',
  wait: waitingFor('AccessExclusiveLock', 4 * SECOND),
  amplifier: true,
  victims: readers,
});
const holder = lockNode({ pid: 10, state: 'idle in transaction', victims: [alter] });

describe('the forest', () => {
  it('is walked depth first, in the order of the trees', () => {
    expect(victimsOf([holder]).map(({ pid }) => pid)).toEqual([30, 31, 32]);
    expect(longestWaitBelow(holder)).toBe(4 * SECOND);
    const forest = forestOf(holder);
    expect(forest.known && nodeOf(forest.value, 32)?.pid).toBe(32);
    expect(forest.known && nodeOf(forest.value, 99)).toBeNull();
  });
});

describe('the least harm', () => {
  it('is to cancel what only amplifies, then to end the root', () => {
    const { steps, statement } = leastHarm(holder, 'postgresql');
    expect(steps[0]).toContain('pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = 30');
    expect(steps[0]).toContain('2 others wait');
    // A session that runs nothing has nothing to cancel.
    expect(statement).toContain('pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = 10');
  });

  it('cancels a root that works, and leaves its connection', () => {
    expect(leastHarm(lockNode({ pid: 10, state: 'active' }), 'postgresql').statement).toContain(
      'pg_cancel_backend',
    );
  });

  it('asks before a prepared transaction goes, and quotes its name', () => {
    expect(leastHarm(lockNode({ pid: 0, gid: "o'clock", state: null }), 'postgresql').statement).toBe(
      "ROLLBACK PREPARED 'o''clock';",
    );
  });

  it('ends no autovacuum', () => {
    expect(leastHarm(lockNode({ backendType: 'autovacuum worker' }), 'postgresql').statement).toBeNull();
  });

  it('ends a session that holds an advisory lock and is idle', () => {
    expect(leastHarm(lockNode({ pid: 10, state: 'idle' }), 'postgresql').statement).toBe(
      'SELECT pg_terminate_backend(10);',
    );
  });
});
