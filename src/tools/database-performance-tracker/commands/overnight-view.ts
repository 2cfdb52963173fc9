import type { z } from 'zod';
import type { Block, Cell } from '../../../core/block.ts';
import { counted } from '../../../core/counted.ts';
import { formatDuration } from '../../../core/duration.ts';
import { ms, percent } from '../../../core/rounding.ts';
import { formatSize } from '../../../core/size.ts';
import { clock } from '../analyze/clock.ts';
import {
  type ExplainedRegression,
  type Night,
  type NightFindings,
  serverNight,
  tableGrowth,
} from '../analyze/overnight/night.ts';
import { logData, logSections } from './log-view.ts';
import type { nightDataSchema } from './overnight-schema.ts';
import { shortName } from './statement-table.ts';

const MAX_TABLES = 50;

export function nightData(night: Night, found: NightFindings): z.infer<typeof nightDataSchema> {
  const [first, last] = [night.snapshots[0], night.snapshots.at(-1)];
  return {
    target: night.target,
    from: first === undefined ? null : iso(first.takenAtMs),
    to: last === undefined ? null : iso(last.takenAtMs),
    intervals: night.windows.length,
    regressions: found.regressions.map(({ regression, explanation, name, extraShare }) => ({
      statement: shortName(name),
      text: regression.series.text,
      stepFrom: iso(regression.stepFromMs),
      stepTo: iso(regression.stepToMs),
      pValue: regression.pValue,
      before: callData(regression.before),
      after: callData(regression.after),
      extraShare,
      planBefore: explanation.change?.before.hash ?? null,
      planAfter: explanation.change?.after.hash ?? null,
      causes: explanation.causes.map((cause) => ({ ...cause })),
    })),
    loads: found.loads.map(({ name, before, after }) => ({
      statement: shortName(name),
      before: callData(before),
      after: callData(after),
    })),
    newcomers: found.newcomers.map(({ name, firstMs, now, share }) => ({
      statement: shortName(name),
      first: iso(firstMs),
      now: callData(now),
      share,
    })),
    planChanges: found.flips.map(({ name, change }) => ({
      statement: shortName(name),
      at: iso(change.after.atMs),
      before: change.before.hash,
      after: change.after.hash,
    })),
    tables: tableGrowth(night.snapshots)
      .slice(0, MAX_TABLES)
      .map(({ name, ...growth }) => ({ table: name, ...growth })),
    server: serverNight(night.snapshots),
    log: logData(night.log),
  };
}

function callData({
  ms: each,
  calls,
  callsPerMinute,
}: {
  ms: number;
  calls: number;
  callsPerMinute: number;
}) {
  return { ms: each, calls, callsPerMinute };
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

const SHOWN = 6;

/** One page. */
export function nightSections(night: Night, found: NightFindings): Block[] {
  return [
    headline(night),
    ...regressionTable(found.regressions),
    ...changedTable(found),
    ...logSections(night.log, { limit: SHOWN, title: 'What the log says of this time' }),
    ...growthTable(night),
    ...timeline(night, found),
  ];
}

function headline(night: Night): Block {
  const [first, last] = [night.snapshots[0], night.snapshots.at(-1)];
  const server = serverNight(night.snapshots);
  const failures = [
    counterText(server.deadlocks, 'deadlock'),
    counterText(server.conflicts, 'query cancelled by recovery', 'queries cancelled by recovery'),
    counterText(server.abandonedSessions, 'session abandoned', 'sessions abandoned'),
    counterText(server.killedSessions, 'session killed', 'sessions killed'),
    counterText(server.restarts, 'restart'),
  ].filter((text) => text !== null);
  const span = first === undefined || last === undefined ? 0 : last.takenAtMs - first.takenAtMs;
  const lines = [
    `${formatDuration(span)} in ${counted(night.windows.length, 'interval')}.`,
    ...(server.walBytes === null ? [] : [`${formatSize(server.walBytes)} of log were written.`]),
    failures.length === 0 ? 'No deadlocks, conflicts, lost sessions or restarts.' : `${failures.join(', ')}.`,
  ];
  return { kind: 'text', title: `${night.target} overnight`, text: lines.join(' ') };
}

function counterText(count: number | null, one: string, many?: string): string | null {
  return count === null || count === 0 ? null : counted(count, one, many);
}

function regressionTable(regressions: readonly ExplainedRegression[]): Block[] {
  if (regressions.length === 0) return [];
  return [
    {
      kind: 'table',
      title: 'Slower per call',
      columns: [
        { header: 'statement' },
        { header: 'since' },
        { header: 'before', align: 'right', unit: 'ms' },
        { header: 'after', align: 'right', unit: 'ms' },
        { header: 'extra', align: 'right', unit: '%' },
        { header: 'plan' },
      ],
      rows: regressions
        .slice(0, SHOWN)
        .map(({ regression, explanation, name, extraShare }): Cell[] => [
          shortName(name),
          clock(regression.stepToMs),
          ms(regression.before.ms),
          { text: String(ms(regression.after.ms)), tone: 'bad' },
          percent(extraShare),
          explanation.change === null
            ? null
            : `${explanation.change.before.hash.slice(0, 6)} -> ${explanation.change.after.hash.slice(0, 6)}`,
        ]),
      ...(regressions.length > SHOWN ? { omitted: regressions.length - SHOWN } : {}),
    },
    ...regressions.slice(0, SHOWN).map(({ explanation, name }): Block => ({
      kind: 'text',
      title: `Why ${shortName(name)}`,
      text:
        explanation.causes
          .map(({ summary, statement }) => `${summary}${statement === null ? '' : `: ${statement}`}`)
          .join('\n') || 'Nothing is known to have changed: no plan, no event, no other work.',
    })),
  ];
}

/** Changes that are no regressions, so that nobody takes them for some. */
function changedTable({ loads, newcomers, flips }: NightFindings): Block[] {
  const rows: Cell[][] = [
    ...loads.map(({ name, before, after }): Cell[] => [
      shortName(name),
      `called ${(after.callsPerMinute / before.callsPerMinute).toFixed(1)} times as often`,
      `${ms(after.ms)} ms a call, ${ms(before.ms)} before`,
    ]),
    ...newcomers.map(({ name, now, firstMs }): Cell[] => [
      shortName(name),
      `new since ${clock(firstMs)}`,
      `${ms(now.ms)} ms a call, ${now.calls} calls`,
    ]),
    ...flips.map(({ name, change }): Cell[] => [
      shortName(name),
      `another plan since ${clock(change.after.atMs)}`,
      'not slower',
    ]),
  ];
  if (rows.length === 0) return [];
  return [
    {
      kind: 'table',
      title: 'Changed, and not slower',
      columns: [{ header: 'statement' }, { header: 'what' }, { header: 'each call' }],
      rows: rows.slice(0, SHOWN),
      ...(rows.length > SHOWN ? { omitted: rows.length - SHOWN } : {}),
    },
  ];
}

function growthTable({ snapshots }: Night): Block[] {
  const tables = tableGrowth(snapshots);
  if (tables.length === 0) return [];
  return [
    {
      kind: 'table',
      title: 'Tables, by how much they changed',
      columns: [
        { header: 'table' },
        { header: 'before', align: 'right' },
        { header: 'now', align: 'right' },
        { header: 'rows written', align: 'right' },
        { header: 'vacuums', align: 'right' },
        { header: 'analyzes', align: 'right' },
      ],
      rows: tables
        .slice(0, SHOWN)
        .map(({ name, beforeBytes, afterBytes, written, vacuums, analyzes }): Cell[] => [
          name,
          formatSize(beforeBytes),
          formatSize(afterBytes),
          written,
          vacuums,
          analyzes,
        ]),
      ...(tables.length > SHOWN ? { omitted: tables.length - SHOWN } : {}),
    },
  ];
}

function timeline({ events }: Night, { regressions }: NightFindings): Block[] {
  const entries = [
    ...events.map(({ atMs, kind, title }) => ({ atMs, label: kind, detail: title })),
    ...regressions.map(({ regression, name }) => ({
      atMs: regression.stepToMs,
      label: 'slower',
      detail: shortName(name),
      tone: 'bad' as const,
    })),
  ].toSorted((a, b) => a.atMs - b.atMs);
  return entries.length === 0 ? [] : [{ kind: 'timeline', title: 'In order', entries }];
}
