import type { z } from 'zod';
import type { Block, Cell } from '../../../core/block.ts';
import { counted } from '../../../core/counted.ts';

import { formatDuration } from '../../../core/duration.ts';
import { formatSize } from '../../../core/size.ts';
import { fitWidth, oneLine } from '../../../core/text.ts';
import type { LoggedError, LogSummary } from '../../_shared/database/postgres-log/summary.ts';
import { clock } from '../analyze/clock.ts';
import type { LoggedMisestimate } from '../analyze/look.ts';
import type { LogReading } from '../analyze/server-log.ts';
import type { logSchema } from './log-schema.ts';

const MAX_ERRORS = 50;

export function logData(log: LogReading): z.infer<typeof logSchema> {
  if (!log?.known) return null;
  const { summary, source } = log.value;
  return {
    source,
    records: summary.records,
    errors: summary.errors.slice(0, MAX_ERRORS).map(({ firstAtMs, lastAtMs, ...error }) => ({
      ...error,
      first: iso(firstAtMs),
      last: iso(lastAtMs),
    })),
    deadlocks: summary.deadlockCount,
    newestDeadlocks: summary.deadlocks.map(({ atMs, participants }) => ({
      at: iso(atMs),
      participants: participants.map((one) => ({ ...one })),
    })),
    lockWaits: summary.lockWaits,
    temporaryFiles: summary.temporaryFiles,
    server: summary.server.map(({ what, atMs, message }) => ({ what, at: iso(atMs), message })),
  };
}

function iso(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}

/** One sentence, or a table of errors beside it. */
export function logSections(log: LogReading, { limit, title }: { limit: number; title: string }): Block[] {
  if (!log?.known) return [];
  const { summary, source } = log.value;
  const notes = [...countedEvents(summary), ...serverEvents(summary)];
  const errors = summary.errors.length === 0 ? ['no errors'] : [];
  const said = [...errors, ...notes].join(', ');
  return [
    {
      kind: 'text',
      title,
      text: `${counted(summary.records, 'message')} in ${source}${said === '' ? '' : `: ${said}`}.`,
    },
    ...errorTable(summary.errors, limit),
  ];
}

function countedEvents({ deadlockCount, lockWaits, temporaryFiles }: LogSummary): string[] {
  return [
    ...(deadlockCount === 0 ? [] : [counted(deadlockCount, 'deadlock')]),
    ...(lockWaits.count === 0
      ? []
      : [
          `${counted(lockWaits.count, 'wait')} for locks beyond deadlock_timeout, the longest ${formatDuration(lockWaits.longestMs)}`,
        ]),
    ...(temporaryFiles.count === 0
      ? []
      : [`${counted(temporaryFiles.count, 'temporary file')} of ${formatSize(temporaryFiles.bytes)}`]),
  ];
}

const SERVER_EVENTS = {
  crash: ['crash of a server process', 'crashes of server processes'],
  start: ['start of the server', 'starts of the server'],
  archiving: ['failure to archive the write-ahead log', 'failures to archive the write-ahead log'],
} as const;

function serverEvents({ server }: LogSummary): string[] {
  return (['crash', 'start', 'archiving'] as const).flatMap((kind) => {
    const events = server.filter(({ what }) => what === kind);
    const lastMs = events.at(-1)?.atMs ?? null;
    if (events.length === 0) return [];
    const last = lastMs === null ? '' : ` (${events.length === 1 ? 'at' : 'last'} ${clock(lastMs)})`;
    const [one, many] = SERVER_EVENTS[kind];
    return [`${counted(events.length, one, many)}${last}`];
  });
}

/** Those that end a session, or the server, first; beneath, what the applications had asked for. */
function errorTable(errors: readonly LoggedError[], limit: number): Block[] {
  if (errors.length === 0) return [];
  const grave = ({ severity }: LoggedError): number => (severity === 'ERROR' ? 1 : 0);
  const sorted = errors.toSorted((a, b) => grave(a) - grave(b) || b.count - a.count);
  return [
    {
      kind: 'table',
      title: 'Errors, by SQLSTATE and application',
      columns: [
        { header: 'error' },
        { header: 'application' },
        { header: 'times', align: 'right' },
        { header: 'when' },
        { header: 'message' },
      ],
      rows: sorted
        .slice(0, limit)
        .map((error): Cell[] => [
          error.severity === 'ERROR' ? error.code : { text: graveName(error), tone: 'bad' },
          error.application,
          error.count,
          spanOf(error),
          oneLine(error.message),
        ]),
      ...(sorted.length > limit ? { omitted: sorted.length - limit } : {}),
    },
    ...sampleStatements(sorted),
  ];
}

function graveName({ severity, code }: LoggedError): string {
  return code === null ? severity : `${severity} ${code}`;
}

/** `01:10–03:15 UTC`; null where the log has no times. */
function spanOf({ firstAtMs, lastAtMs }: LoggedError): string | null {
  if (firstAtMs === null || lastAtMs === null) return null;
  const [first, last] = [clock(firstAtMs), clock(lastAtMs)];
  return first === last ? last : `${first.slice(0, 5)}–${last}`;
}

const STATEMENTS = 3;

function sampleStatements(errors: readonly LoggedError[]): Block[] {
  const lines = errors.flatMap(({ code, severity, statement }) =>
    statement === null ? [] : [`${code ?? severity}: ${fitWidth(oneLine(statement), STATEMENT_WIDTH)}`],
  );
  if (lines.length === 0) return [];
  return [{ kind: 'text', text: lines.slice(0, STATEMENTS).join('\n'), tone: 'muted' }];
}

/** With its SQLSTATE on one line. */
const STATEMENT_WIDTH = 72;

const MISESTIMATES = 5;

/** Where the planner was wrong, of plans that auto_explain wrote with what really happened. */
export function misestimateSections(
  misestimates: readonly LoggedMisestimate[],
  nameOf: (statement: string) => string,
): Block[] {
  if (misestimates.length === 0) return [];
  return [
    {
      kind: 'table',
      title: 'Where the planner was far off, in plans of the log',
      columns: [
        { header: 'statement' },
        { header: 'step' },
        { header: 'expected', align: 'right' },
        { header: 'found', align: 'right' },
        { header: 'factor', align: 'right' },
      ],
      rows: misestimates
        .slice(0, MISESTIMATES)
        .map(({ statement, step, table, expected, actual, factor }): Cell[] => [
          nameOf(statement),
          table === null ? step : `${step} on ${table}`,
          rows(expected),
          rows(actual),
          { text: `${Math.round(factor)}x`, tone: 'warn' },
        ]),
      ...(misestimates.length > MISESTIMATES ? { omitted: misestimates.length - MISESTIMATES } : {}),
    },
  ];
}

/** An average over the runs of a step, so often a fraction. */
function rows(count: number): number {
  return count >= 10 ? Math.round(count) : Number(count.toPrecision(2));
}
