import { describe, expect, it } from 'vitest';
import type { WalSender } from '../../_shared/database/postgres/replication.ts';
import type { ReplicationSlot } from '../../_shared/database/postgres/slots.ts';
import type { XminHolder } from '../../_shared/database/postgres/wraparound.ts';
import { known } from '../../_shared/database/reading.ts';
import type { LiveFacts } from './facts.ts';
import { assessLive } from './live.ts';
import {
  backend,
  backends,
  MINUTE,
  NOW,
  OPTIONS,
  quietFacts,
  reported,
  SECOND,
  verdicts,
} from './live-fixtures.ts';
import { profileWaits, waitSample } from './wait-profile.ts';

function assess(parts: Partial<LiveFacts> = {}) {
  return assessLive(quietFacts(parts), OPTIONS);
}

function holder(parts: Partial<XminHolder>): LiveFacts['xminHolders'] {
  return known([
    {
      kind: 'session',
      name: '4711',
      pid: 4_711,
      xminAge: 2_000_000,
      catalogOnly: false,
      ageMs: 20 * MINUTE,
      database: 'shop',
      user: 'shop',
      application: 'report',
      state: 'active',
      ...parts,
    },
  ]);
}

describe('the horizon of vacuum', () => {
  it.each([
    ['session', {}, 'SELECT pg_cancel_backend(4711);'],
    ['prepared-transaction', { name: "it's", ageMs: 60 * MINUTE, xminAge: 12 }, "ROLLBACK PREPARED 'it''s';"],
    ['replication-slot', { name: 'old', ageMs: null }, "SELECT pg_drop_replication_slot('old');"],
    ['standby', { name: 'walreceiver', ageMs: null }, undefined],
  ] as const)('names a %s as its holder, with what releases it', (kind, parts, patch) => {
    const assessment = assess({ xminHolders: holder({ kind, ...parts }) });
    expect(reported(assessment)).toEqual(['xmin-held medium']);
    expect(assessment.findings[0]?.fix.patch).toBe(patch);
  });

  it.each([
    ['near', { xminAge: 500 }],
    ['far on a busy server, and young', { ageMs: 2 * SECOND }],
    ['of the catalogues only', { kind: 'replication-slot', catalogOnly: true }],
    ['a prepared transaction of this second', { kind: 'prepared-transaction', ageMs: 50 }],
  ] as const)('is fine when it is %s', (_, parts) => {
    expect(reported(assess({ xminHolders: holder(parts) }))).toEqual([]);
  });
});

describe('deadlocks', () => {
  const over = (minutes: number, count: number): Partial<LiveFacts> => ({
    deadlocks: known({ count, overMs: minutes * MINUTE }),
  });

  it('are what the counter rose by', () => {
    expect(reported(assess(over(10, 3)))).toEqual(['deadlocks medium']);
    expect(reported(assess(over(10, 0)))).toEqual([]);
  });

  it('are no verdict after a look of seconds, unless there was one', () => {
    expect(verdicts(assess(over(0.05, 0))).notChecked).toEqual(['deadlocks']);
    expect(reported(assess(over(0.05, 1)))).toEqual(['deadlocks medium']);
  });
});

describe('waits', () => {
  const sampled = (waiting: number, waitType: string, waitEvent: string, overMs = 2_000) => {
    const sessions = [
      ...backends(waiting, () => ({ state: 'active', waitType, waitEvent })),
      ...backends(1, () => ({ state: 'active' })),
      backend({ state: 'idle', waitType: 'Client', waitEvent: 'ClientRead' }),
    ];
    return {
      waits: profileWaits(
        Array.from({ length: 20 }, (_, index) => waitSample(NOW + (index * overMs) / 19, sessions)),
      ),
    };
  };

  it('are a profile of active time; what does not wait is on a processor', () => {
    const { waits } = sampled(3, 'LWLock', 'WALWrite');
    expect(waits).toMatchObject({
      samples: 20,
      averageActive: 4,
      waits: [
        { type: 'LWLock', event: 'WALWrite', average: 3, share: 0.75 },
        { type: 'CPU', event: null, average: 1, share: 0.25 },
      ],
    });
  });

  it('are reported when one takes most of it, low for a look of seconds', () => {
    expect(reported(assess(sampled(3, 'LWLock', 'WALWrite')))).toEqual(['waits low']);
    expect(reported(assess(sampled(3, 'LWLock', 'WALWrite', 10 * MINUTE)))).toEqual(['waits medium']);
  });

  it.each([
    ['few sessions', 1, 'IO', 'DataFileRead'],
    ['sleep', 5, 'Timeout', 'PgSleep'],
    ['workers of a query', 5, 'IPC', 'ExecuteGather'],
    ['locks, which are a chain', 5, 'Lock', 'transactionid'],
  ])('are no trouble: %s', (_, count, type, event) => {
    expect(reported(assess(sampled(count, type, event)))).toEqual([]);
  });
});

describe('replication', () => {
  const sender = (parts: Partial<WalSender>): Partial<LiveFacts> => ({
    replication: known({
      senders: [
        {
          pid: 9,
          application: 'replica1',
          user: 'replicator',
          client: '10.0.0.9',
          state: 'streaming',
          synchronous: 'async',
          slot: null,
          lagBytes: 0,
          writeLagMs: null,
          flushLagMs: null,
          replayLagMs: null,
          xminAge: null,
          ...parts,
        },
      ],
      receiver: null,
      replayLagMs: null,
      replayLagBytes: null,
    }),
  });

  it('is late by time, or by bytes where the time is unknown', () => {
    expect(reported(assess(sender({ replayLagMs: 90 * SECOND, lagBytes: 1e9 })))).toEqual([
      'replication-lag high',
    ]);
    expect(reported(assess(sender({ lagBytes: 1e9 })))).toEqual(['replication-lag high']);
    // The time is from before the standby froze.
    expect(reported(assess(sender({ replayLagMs: 3, lagBytes: 2e9 })))).toEqual(['replication-lag high']);
  });

  it('is not late when idle, after a bulk load that is under way, or for a backup', () => {
    expect(reported(assess(sender({ replayLagMs: 0 })))).toEqual([]);
    expect(reported(assess(sender({ replayLagMs: 900, lagBytes: 3e8 })))).toEqual([]);
    expect(reported(assess(sender({ state: 'backup', lagBytes: 9e9 })))).toEqual([]);
  });
});

describe('slots', () => {
  const slot = (parts: Partial<ReplicationSlot>): Partial<LiveFacts> => ({
    slots: known([
      {
        name: 'old_replica',
        kind: 'physical',
        plugin: null,
        database: null,
        active: false,
        pid: null,
        temporary: false,
        retainedBytes: 2e9,
        walStatus: 'extended',
        safeBytes: null,
        xminAge: null,
        catalogXminAge: null,
        inactiveMs: null,
        conflicting: null,
        ...parts,
      },
    ]),
  });

  it.each([
    [{}, ['slot-retains-wal high']],
    [{ retainedBytes: 14e9 }, ['slot-retains-wal critical']],
    [{ active: true, retainedBytes: 14e9 }, ['slot-retains-wal medium']],
    [{ retainedBytes: 8e7 }, []],
    [{ retainedBytes: null }, []],
    [{ temporary: true }, []],
  ])('%j gives %j', (parts, expected) => {
    expect(reported(assess(slot(parts)))).toEqual(expected);
  });

  it('is dropped only when nobody reads from it', () => {
    expect(assess(slot({ active: true })).findings[0]?.fix.patch).toBeUndefined();
    expect(assess(slot({})).findings[0]?.fix.patch).toBe("SELECT pg_drop_replication_slot('old_replica');");
  });
});
