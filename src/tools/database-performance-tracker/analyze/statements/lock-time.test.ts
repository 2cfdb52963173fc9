import { describe, expect, it } from 'vitest';
import type { StatementDelta } from '../../../_shared/database/statements.ts';
import { lockTimeOf } from './lock-time.ts';

/** Five updates of a row, 400 ms each, some ten pages a call. */
const UPDATE: StatementDelta = {
  key: 'k',
  user: 'app',
  database: 'shop',
  queryId: '1',
  topLevel: true,
  text: 'UPDATE products SET stock = stock - $1 WHERE id = $2',
  calls: 5,
  totalMs: 2_000,
  meanMs: 400,
  planMs: null,
  rows: 5,
  rowsExamined: null,
  callsWithoutIndex: null,
  sharedHit: 50,
  sharedRead: 0,
  sharedDirtied: 5,
  sharedWritten: 0,
  tempRead: 0,
  tempWritten: 0,
  readMs: null,
  writeMs: null,
  walBytes: null,
  exactness: 'exact',
};

describe('time that a statement waits for locks', () => {
  it('is known where it does next to nothing and was met waiting', () => {
    expect(lockTimeOf(UPDATE, { samples: 10, locked: 9 })).toEqual({ kind: 'waits', share: 0.9 });
  });

  it('is none where samples show other work: a trigger that computes, a slow function', () => {
    expect(lockTimeOf(UPDATE, { samples: 10, locked: 0 })).toEqual({ kind: 'works' });
  });

  it('is none where pages explain the time, however often it was met waiting', () => {
    const heavy = { ...UPDATE, sharedHit: 20_000 };
    expect(lockTimeOf(heavy, { samples: 10, locked: 9 })).toEqual({ kind: 'works' });
    const cold = { ...UPDATE, sharedRead: 100, readMs: 900, writeMs: 0 };
    expect(lockTimeOf(cold, { samples: 10, locked: 9 })).toEqual({ kind: 'works' });
  });

  it('cannot be told where nobody met it, and is not thought of for a plain read', () => {
    expect(lockTimeOf(UPDATE, undefined)).toEqual({ kind: 'unclear' });
    expect(lockTimeOf(UPDATE, { samples: 2, locked: 2 })).toEqual({ kind: 'unclear' });
    const locking = { ...UPDATE, text: 'SELECT id FROM jobs WHERE done = $1 FOR UPDATE' };
    expect(lockTimeOf(locking, undefined)).toEqual({ kind: 'unclear' });
    const read = { ...UPDATE, text: 'SELECT name FROM products WHERE id = $1' };
    expect(lockTimeOf(read, undefined)).toEqual({ kind: 'works' });
  });
});
