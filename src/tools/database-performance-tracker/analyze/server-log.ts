import type { Coverage } from '../../../core/coverage.ts';
import type { Rule } from '../../../core/finding.ts';
import { quantile } from '../../../core/histogram.ts';
import type { LogSummary } from '../../_shared/database/postgres-log/summary.ts';
import type { Reading } from '../../_shared/database/reading.ts';
import { databaseSubject } from '../../_shared/database/subjects.ts';
import { RULES } from '../rules.ts';
import { notRead } from './coverage.ts';

/** What the log of the server says of a time. Statements in it have the key of their StatementName. */
export interface ServerLog {
  summary: LogSummary;
  /** Of what files, in words: `2 files (jsonlog)`. */
  source: string;
  /** What of them was not read, a sentence each. */
  notRead: readonly string[];
  /** Only a part of the calls is written, by chance: what is not there may be slow all the same. */
  sampled: boolean;
}

/** null: the target names no log. */
export type LogReading = Reading<ServerLog> | null;

/** Fewer calls have no 95th of a hundred. */
const MIN_CALLS = 10;
const TAIL = 0.05;

export interface LoggedQuantile {
  milliseconds: number;
  /** Calls in the log that it was taken from. */
  logged: number;
}

/**
 * The 95th percentile of all calls of a statement. The log has those that took longer than its threshold, which are the
 * slowest of all: of 1,000 calls the slowest 50 tell it, whatever the other 950 took. null: it lies below the threshold,
 * too few calls were made, or the log has a sample.
 */
export function loggedP95(log: LogReading, key: string, calls: number): LoggedQuantile | null {
  const statement = log?.known ? log.value.summary.statements.get(key) : undefined;
  if (!log?.known || statement === undefined) return null;
  const { durations, explained } = statement;
  const slowest = durations.count > 0 ? durations : explained;
  const logged = slowest.count;
  const all = Math.max(calls, logged);
  if (all < MIN_CALLS || logged < TAIL * all) return null;
  if (log.value.sampled && logged < 0.95 * all) return null;
  const milliseconds = quantile(slowest, 1 - (TAIL * all) / logged);
  return milliseconds === null ? null : { milliseconds, logged };
}

export function errorsIn({ summary: { errors, deadlockCount } }: ServerLog): number {
  return errors.reduce((sum, { count }) => sum + count, deadlockCount);
}

/** What names its files, for whoever did not. */
export const HOW_TO_NAME =
  'Name its files in the target: `"logs": ["/var/log/postgresql/*.json"]`; jsonlog, csvlog and stderr are read.';

/** What a log would have told, and was not there or not readable. `wanted`: something in this run would have used it. */
export function logCoverage(
  target: string,
  log: LogReading,
  { wanted, rules }: { wanted: boolean; rules: readonly Rule[] },
): Coverage['notChecked'] {
  const subject = databaseSubject(target);
  if (log === null) {
    const reason =
      'no log of the server is named: who was in a deadlock, errors and 95th percentiles stay unknown';
    return wanted ? [notRead({ reason, hint: HOW_TO_NAME }, subject, rules)] : [];
  }
  if (!log.known) {
    const { reason, hint } = log;
    return [
      notRead({ reason: `the log: ${reason}`, ...(hint === undefined ? {} : { hint }) }, subject, rules),
    ];
  }
  return log.value.notRead.map((reason) => notRead({ reason }, subject, rules));
}

/** Rules that take evidence from the log. */
export const RULES_OF_LOG: readonly Rule[] = [RULES.deadlocks, RULES.slowStatement];
