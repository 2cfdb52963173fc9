import { describe, expect, it } from 'vitest';
import { EMPTY_RECORD, type LogRecord } from '../../_shared/database/postgres-log/record.ts';
import { createLogSummariser } from '../../_shared/database/postgres-log/summary.ts';
import { known, unknown } from '../../_shared/database/reading.ts';
import { assessDeadlocks } from './deadlocks.ts';
import { MINUTE, NOW, quietFacts } from './live-fixtures.ts';
import { misestimatesOf, qualified } from './misestimates.ts';
import { type PlanLook, planChanges } from './plan-history.ts';
import { logCoverage, loggedP95, type LogReading, RULES_OF_LOG } from './server-log.ts';

const RANGE = { fromMs: NOW - 60 * MINUTE, toMs: NOW };

function record(parts: Partial<LogRecord>): LogRecord {
  return { ...EMPTY_RECORD, atMs: NOW - MINUTE, database: 'shop', ...parts };
}

function logOf(records: readonly LogRecord[], sampled = false): LogReading & { known: true } {
  const summariser = createLogSummariser({
    range: RANGE,
    database: 'shop',
    normalise: (text) => text.replace(/\d+/g, '?'),
  });
  for (const one of records) summariser.add(one);
  return known({ summary: summariser.summary(), source: '1 file (jsonlog)', notRead: [], sampled }) as {
    known: true;
    value: Extract<NonNullable<LogReading>, { known: true }>['value'];
  };
}

/** Calls of one statement, of which those above the threshold are in the log. */
function calls(milliseconds: readonly number[], threshold: number): LogRecord[] {
  return milliseconds
    .filter((each) => each >= threshold)
    .map((each, at) => record({ message: `duration: ${each} ms  statement: select ${at}` }));
}

describe('the 95th percentile of all calls', () => {
  // 1 to 100 ms: the value at rank floor(0.95 * 99) is 95.
  const times = Array.from({ length: 100 }, (_, at) => at + 1);

  it('is the same from all calls and from the slowest alone', () => {
    for (const threshold of [0, 50, 90]) {
      const p95 = loggedP95(logOf(calls(times, threshold)), 'select ?', 100);
      expect(p95?.milliseconds).toBeGreaterThan(93);
      expect(p95?.milliseconds).toBeLessThan(97.5);
    }
  });

  it('is not told where it lies below the threshold, of few calls, and from a sample', () => {
    expect(loggedP95(logOf(calls(times, 98)), 'select ?', 100)).toBeNull();
    expect(loggedP95(logOf(calls(times.slice(0, 9), 0)), 'select ?', 9)).toBeNull();
    expect(loggedP95(logOf(calls(times, 50), true), 'select ?', 100)).toBeNull();
    expect(loggedP95(logOf(calls(times, 0), true), 'select ?', 100)).not.toBeNull();
    expect(loggedP95(null, 'select ?', 100)).toBeNull();
  });

  it('counts a call once that auto_explain wrote, too', () => {
    const plan = JSON.stringify({ 'Query Text': 'select 1', Plan: { 'Node Type': 'Result' } });
    const twice = times.flatMap((each) => [
      record({ message: `duration: ${each} ms  statement: select 1` }),
      record({ message: `duration: ${each} ms  plan:\n${plan}` }),
    ]);
    expect(loggedP95(logOf(twice), 'select ?', 100)?.logged).toBe(100);
  });
});

describe('what a log says', () => {
  it('keeps errors of applications apart, and what ails the whole server', () => {
    const { summary } = logOf([
      record({
        severity: 'ERROR',
        code: '23505',
        application: 'web',
        message: 'duplicate key',
        atMs: NOW - 9,
      }),
      record({
        severity: 'ERROR',
        code: '23505',
        application: 'web',
        message: 'duplicate key',
        atMs: NOW - 5,
      }),
      record({ severity: 'ERROR', code: '23505', application: 'jobs', message: 'duplicate key' }),
      record({
        severity: 'ERROR',
        code: '23505',
        application: 'other',
        database: 'another',
        message: 'not ours',
      }),
      record({ severity: 'FATAL', code: '53300', database: 'another', message: 'too many clients already' }),
      record({ severity: 'ERROR', code: '42601', application: 'rearguard', message: 'our own' }),
      record({ database: null, message: 'server process (PID 7) was terminated by signal 9: Killed' }),
      record({ database: null, message: 'database system is ready to accept connections' }),
      record({ database: null, message: 'archive command failed with exit code 1' }),
    ]).value;
    expect(summary.errors.map(({ code, application, count }) => [code, application, count])).toEqual([
      ['23505', 'web', 2],
      ['23505', 'jobs', 1],
      ['53300', null, 1],
    ]);
    expect(summary.errors[0]).toMatchObject({ firstAtMs: NOW - 9, lastAtMs: NOW - 5 });
    expect(summary.server.map(({ what }) => what)).toEqual(['crash', 'start', 'archiving']);
  });

  it('shows both sides of a deadlock with their applications, and each line of their statements', () => {
    const { summary } = logOf([
      record({ processId: 11, application: 'web', message: 'connection authorized' }),
      record({
        processId: 12,
        application: 'jobs',
        severity: 'ERROR',
        code: '40P01',
        message: 'deadlock detected',
        detail: [
          'Process 12 waits for ShareLock on transaction 7; blocked by process 11.',
          'Process 11 waits for ShareLock on transaction 8; blocked by process 12.',
          'Process 12: update stock',
          'set amount = 1',
          'Process 11: delete from stock',
        ].join('\n'),
      }),
    ]).value;
    const facts = quietFacts({ deadlocks: known({ count: 1, overMs: 5 * MINUTE }) });
    const [found] = assessDeadlocks(facts, summary.deadlocks).findings;
    const samples = found?.evidence.flatMap(({ sample }) => sample ?? []);
    expect(samples).toEqual([
      'jobs, web',
      'jobs (process 12) waits for ShareLock on transaction 7, held by process 11: update stock\nset amount = 1',
      'web (process 11) waits for ShareLock on transaction 8, held by process 12: delete from stock',
    ]);
    const quiet = quietFacts({ deadlocks: known({ count: 0, overMs: 5 * MINUTE }) });
    expect(assessDeadlocks(quiet, summary.deadlocks).findings).toEqual([]);
  });

  it('is missed in coverage only where something would have used it; unreadable, always', () => {
    const gaps = (log: LogReading, wanted: boolean) =>
      logCoverage('shop', log, { wanted, rules: RULES_OF_LOG }).map(({ reason }) => reason);
    expect(gaps(null, false)).toEqual([]);
    expect(gaps(null, true)).toEqual([expect.stringContaining('no log of the server is named')]);
    expect(gaps(unknown('cannot be opened'), false)).toEqual(['the log: cannot be opened']);
    expect(gaps(logOf([]), true)).toEqual([]);
  });
});

describe('plans of the log', () => {
  const step = {
    type: 'Seq Scan',
    table: 'stock',
    alias: null,
    index: null,
    startupCost: 0,
    totalCost: 1,
    estimatedRows: 10,
    estimatedWidth: 4,
    actualRows: 2_000,
    actualMs: 1,
    loops: 1,
    rowsRemoved: null,
    conditions: {},
    sharedHit: null,
    sharedRead: null,
    tempBlocks: null,
    children: [],
  };

  it('say where the planner was far off, and nothing where it was about right or nothing was run', () => {
    expect(misestimatesOf(step)).toEqual([
      { step: 'Seq Scan', table: 'stock', expected: 10, actual: 2_000, factor: 200 },
    ]);
    expect(misestimatesOf({ ...step, actualRows: 60 })).toEqual([]);
    expect(misestimatesOf({ ...step, actualRows: null, loops: null })).toEqual([]);
  });

  it('name tables as others do, unless two have the name', () => {
    const shop = { schema: 'public', name: 'stock' };
    expect(qualified('stock', [shop])).toBe('public.stock');
    expect(qualified('stock', [shop, { schema: 'old', name: 'stock' }])).toBe('stock');
  });

  it('are no change of the plans that we ask for', () => {
    const look = (atMs: number, hash: string, origin: PlanLook['origin']): PlanLook => ({
      text: 'select $1',
      hash,
      totalCost: 1,
      steps: [],
      scans: [],
      misestimates: [],
      origin,
      atMs,
    });
    const looks = [look(1, 'a', 'planned'), look(2, 'b', 'logged'), look(3, 'a', 'planned')];
    expect(planChanges(looks)).toEqual([]);
    expect(planChanges([...looks, look(4, 'c', 'logged')]).map(({ before }) => before.hash)).toEqual(['b']);
  });
});
