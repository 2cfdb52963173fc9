import type { Coverage } from '../../../../core/coverage.ts';
import { draw } from '../../../../core/load/draw.ts';
import { RearguardError } from '../../../../core/errors.ts';
import type { CommandContext } from '../../../context.ts';
import { combinedParser } from './combined.ts';
import type { LineParser, LogEntry } from './entry.ts';
import { parseJsonLine } from './json-lines.ts';

export type LogContext = Pick<CommandContext, 'files' | 'signal' | 'progress'>;

/** What was read, and what of it is no part of the load. */
export interface LogTally {
  lines: number;
  requests: number;
  unreadable: number;
  /** By method: a log has no bodies. */
  unsafe: Map<string, number>;
  /** The client's own mistakes, scanners above all; 499 is a client that did not wait. */
  refused: number;
}

export interface LogVisit {
  entry: LogEntry;
  /** Of the request, from 0. */
  number: number;
}

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const MAX_LINE_BYTES = 64 * 1_024;
const PROGRESS_EVERY = 50_000;
const SEED = 1;
const PURPOSE = 100;

export function newTally(): LogTally {
  return { lines: 0, requests: 0, unreadable: 0, unsafe: new Map(), refused: 0 };
}

/** Reads a log once, line by line. */
export async function readLog(
  ctx: LogContext,
  path: string,
  tally: LogTally,
  what: string,
  visit: (visit: LogVisit) => void,
): Promise<void> {
  let parse: LineParser | undefined;
  for await (const line of ctx.files.lines(path, { maxLineBytes: MAX_LINE_BYTES, signal: ctx.signal })) {
    if (line === '') continue;
    tally.lines += 1;
    if (tally.lines % PROGRESS_EVERY === 0) ctx.progress(tally.lines, 0, what);
    parse ??= line.trimStart().startsWith('{') ? parseJsonLine : combinedParser();
    const entry = parse(line);
    if (typeof entry === 'string') {
      if (entry === 'unreadable') tally.unreadable += 1;
    } else if (!SAFE.has(entry.method)) {
      tally.unsafe.set(entry.method, (tally.unsafe.get(entry.method) ?? 0) + 1);
    } else if (entry.status !== null && entry.status >= 400 && entry.status < 499) tally.refused += 1;
    else {
      visit({ entry, number: tally.requests });
      tally.requests += 1;
    }
  }
}

/** Where a log has whole seconds, requests are somewhere in theirs: at random, as independent clients are. */
export function spread(startMs: number, number: number): number {
  return startMs + draw(SEED, number, PURPOSE) * 1_000;
}

/** Throws E_IMPORT where the log has nothing to make load of, or is no access log. */
export function assertUsable(path: string, tally: LogTally): void {
  if (tally.requests > 0 && tally.unreadable <= tally.lines / 2) return;
  const reason =
    tally.lines === 0
      ? 'it is empty'
      : tally.unreadable > tally.lines / 2
        ? `${tally.unreadable} of ${tally.lines} lines are no requests of an access log`
        : 'no request in it is a GET, HEAD or OPTIONS that was answered';
  throw new RearguardError('E_IMPORT', {
    path,
    reason,
    hint: 'nginx and Apache (common, combined), and JSON lines of nginx, pino and their like can be read.',
  });
}

export function tallyNotes(target: string, tally: LogTally): Coverage['notChecked'] {
  const subject = { kind: 'target', name: target } as const;
  const note = (count: number, reason: string, hint: string): Coverage['notChecked'] =>
    count === 0 ? [] : [{ subject, rules: [], reason: `${count} ${reason}`, hint }];
  return [
    ...[...tally.unsafe].flatMap(([method, count]) =>
      note(
        count,
        `${method} requests of the log`,
        'A log has no bodies; write a scenario for them, or record one.',
      ),
    ),
    ...note(
      tally.refused,
      'requests of the log were answered with 4xx',
      'They are left out: replayed, they would be failures.',
    ),
    ...note(tally.unreadable, 'lines of the log could not be read', 'They are left out.'),
  ];
}
