import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LockNode, lockForest } from './locks.ts';
import type { Backend } from './postgres/activity.ts';
import type { LockHold, LockTable, LockWait } from './postgres/lock-table.ts';

const ORDERS = { type: 'relation', tag: 'relation:orders', object: 'public.orders' };
const ROW = { type: 'transactionid', tag: 'transactionid:7', object: 'public.orders' };

function backend(pid: number, more: Partial<Backend> = {}): Backend {
  return {
    pid,
    leaderPid: null,
    type: 'client backend',
    database: 'shop',
    user: 'shop',
    application: `app-${pid}`,
    client: '10.0.0.1',
    state: 'active',
    connectedMs: 9_000,
    stateMs: 10,
    transactionMs: 5_000,
    queryMs: 10,
    waitType: null,
    waitEvent: null,
    xminAge: null,
    xidAge: null,
    queryId: null,
    text: `statement of ${pid}`,
    own: false,
    ...more,
  };
}

function wait(pid: number, mode: string, waitingMs: number, blockedBy: number[], on = ORDERS): LockWait {
  return { ...on, pid, mode, waitingMs, blockedBy };
}

function hold(pid: number, mode: string, on = ORDERS): LockHold {
  return { ...on, pid, gid: null, mode };
}

function table(more: Partial<LockTable>): LockTable {
  return { waiting: [], held: [], prepared: [], ...more };
}

/** `10[20[30~]]`: a tilde marks who only queues, an exclamation mark who makes others queue. */
function drawn({ pid, gid, victims, wait, amplifier }: LockNode): string {
  const name = gid === null ? String(pid) : `<${gid}>`;
  const below = victims.length === 0 ? '' : `[${victims.map(drawn).join(' ')}]`;
  return `${name}${wait?.soft === true ? '~' : ''}${amplifier ? '!' : ''}${below}`;
}

describe('the incident that everybody knows', () => {
  // Someone went to lunch inside a transaction; two updates want its row, a migration the table, readers come after it.
  const readers = [51, 52, 53];
  const forest = lockForest(
    table({
      waiting: [
        wait(20, 'ShareLock', 9_000, [10], ROW),
        wait(30, 'ExclusiveLock', 8_000, [20], { ...ROW, type: 'tuple', tag: 'tuple:1' }),
        wait(40, 'AccessExclusiveLock', 7_000, [10, 20, 30]),
        ...readers.map((pid) => wait(pid, 'AccessShareLock', 6_000 - pid, [40])),
      ],
      held: [
        hold(10, 'ExclusiveLock', ROW),
        hold(20, 'ExclusiveLock', { ...ROW, type: 'tuple', tag: 'tuple:1' }),
        ...[10, 20, 30].map((pid) => hold(pid, 'RowExclusiveLock')),
      ],
    }),
    [backend(10, { state: 'idle in transaction' }), ...[20, 30, 40, ...readers].map((pid) => backend(pid))],
  );

  it('has one root, its victims by the time they wait, and the migration as amplifier', () => {
    expect(forest.roots.map(drawn)).toEqual(['10[20[30] 40![51~ 52~ 53~]]']);
    expect(forest).toMatchObject({ victims: 6, longestWaitMs: 9_000, cycles: [] });
  });

  it('says what each holds, wants and did', () => {
    const [root] = forest.roots;
    expect(root).toMatchObject({
      state: 'idle in transaction',
      text: 'statement of 10',
      victimCount: 6,
      wait: null,
    });
    expect(root?.victims[1]).toMatchObject({
      pid: 40,
      application: 'app-40',
      wait: {
        mode: 'AccessExclusiveLock',
        object: 'public.orders',
        heldMode: 'RowExclusiveLock',
        soft: false,
        alsoBlockedBy: [20, 30],
      },
      victims: [{ wait: { heldMode: null, soft: true } }, {}, {}],
    });
  });
});

describe('a forest', () => {
  it('is empty when nobody waits', () => {
    expect(lockForest(table({}), [backend(1)])).toEqual({
      roots: [],
      cycles: [],
      victims: 0,
      longestWaitMs: null,
    });
  });

  it('does not call a weak lock that others wait for an amplifier', () => {
    const waiting = [wait(2, 'ShareLock', 5, [1], ROW), wait(3, 'ShareLock', 4, [2], { ...ROW, tag: 'x' })];
    const held = [hold(1, 'ExclusiveLock', ROW), hold(2, 'ExclusiveLock', { ...ROW, tag: 'x' })];
    expect(lockForest(table({ waiting, held }), []).roots.map(drawn)).toEqual(['1[2[3]]']);
  });

  it('counts parallel workers as their session, and knows no wait of a session for itself', () => {
    const sessions = [backend(1), backend(2), backend(21, { leaderPid: 2 }), backend(22, { leaderPid: 2 })];
    const waiting = [
      wait(21, 'AccessShareLock', 5, [1]),
      wait(22, 'AccessShareLock', 6, [1]),
      wait(2, 'AccessShareLock', 1, [22]),
    ];
    const forest = lockForest(table({ waiting, held: [hold(1, 'AccessExclusiveLock')] }), sessions);
    expect(forest.roots.map(drawn)).toEqual(['1[2]']);
    expect(forest.longestWaitMs).toBe(6);
  });

  it('names prepared transactions, which have no process', () => {
    const forest = lockForest(
      table({
        waiting: [wait(2, 'AccessShareLock', 5, [0])],
        held: [{ ...hold(0, 'AccessExclusiveLock'), gid: 'payment-7' }],
        prepared: [{ gid: 'payment-7', database: 'shop', owner: 'payer', ageMs: 90_000, xminAge: 4 }],
      }),
      [backend(2)],
    );
    expect(forest.roots.map(drawn)).toEqual(['<payment-7>[2]']);
    expect(forest.roots[0]).toMatchObject({ pid: 0, user: 'payer', transactionMs: 90_000, state: null });
  });

  it('has the longest wait of a circle as its root, and everybody else once', () => {
    const waiting = [
      wait(1, 'ExclusiveLock', 5, [2]),
      wait(2, 'ExclusiveLock', 9, [3]),
      wait(3, 'ExclusiveLock', 7, [1]),
      wait(4, 'ExclusiveLock', 3, [3]),
    ];
    const forest = lockForest(table({ waiting }), []);
    expect(forest.cycles).toEqual([[2, 3, 1]]);
    expect(forest.roots.map(drawn)).toEqual(['2~![1~![3~![4~]]]']);
  });

  it('leaves out who was let go while we looked', () => {
    expect(lockForest(table({ waiting: [wait(2, 'AccessShareLock', 5, [])] }), []).victims).toBe(0);
  });

  it('has everybody who waits exactly once, whoever waits for whom', () => {
    const pids = fc.integer({ min: 1, max: 8 });
    const edges = fc.uniqueArray(
      fc.record({ pid: pids, blockedBy: fc.uniqueArray(pids, { maxLength: 4 }) }),
      {
        selector: ({ pid }) => pid,
      },
    );
    fc.assert(
      fc.property(edges, fc.array(pids), (waits, holders) => {
        const waiting = waits.map(({ pid, blockedBy }) => wait(pid, 'ExclusiveLock', pid, blockedBy));
        const held = holders.map((pid) => hold(pid, 'ExclusiveLock'));
        const { roots, victims, cycles } = lockForest(table({ waiting, held }), []);
        const all = (nodes: readonly LockNode[]): LockNode[] =>
          nodes.flatMap((node) => [node, ...all(node.victims)]);
        const seen = all(roots).map(({ pid }) => pid);
        expect(new Set(seen).size).toBe(seen.length);
        const stuck = waits.filter(({ pid, blockedBy }) => blockedBy.some((blocker) => blocker !== pid));
        expect(all(roots).filter(({ wait }) => wait !== null)).toHaveLength(stuck.length);
        expect(victims).toBe(stuck.length);
        expect(roots.filter(({ wait }) => wait !== null)).toHaveLength(cycles.length);
      }),
    );
  });
});
