import type { BackendEvent } from '../../../../core/event.ts';
import type { CounterSnapshot } from '../../../_shared/database/history.ts';
import type { Settings } from '../../../_shared/database/postgres/settings.ts';
import type { TableStatistics } from '../../../_shared/database/postgres/tables.ts';
import type { StatementWindow } from '../../../_shared/database/statements.ts';
import type { TrackerOptions } from '../../options.ts';
import { grown } from '../look.ts';
import { type PlanChange, planChanges, type PlanLook } from '../plan-history.ts';
import type { LogReading } from '../server-log.ts';
import { nameOfText, type StatementName } from '../statements/names.ts';
import { type Explanation, explainRegression } from './cause.ts';
import {
  findLoadGrowth,
  findNewcomers,
  findRegression,
  type LoadGrowth,
  type Regression,
} from './regression.ts';
import { type PerCall, type StatementSeries, seriesOf } from './series.ts';

/** What is known of one database over a night. */
export interface Night {
  target: string;
  options: TrackerOptions;
  /** Windows between neighbouring snapshots, in time order. */
  windows: readonly StatementWindow[];
  /** The first snapshot, those after it, and the newest one. */
  snapshots: readonly CounterSnapshot[];
  plans: ReadonlyMap<string, readonly PlanLook[]>;
  events: readonly BackendEvent[];
  settings: Settings | null;
  names: ReadonlyMap<string, StatementName>;
  /** Of the whole night. */
  log: LogReading;
  /** The last window was watched just now, and it alone says what is true now: a fix shows at once. */
  now: boolean;
}

export interface ExplainedRegression {
  regression: Regression;
  explanation: Explanation;
  name: StatementName;
  /** Of the time of all statements since the step, what it takes more than before, 0 to 1. */
  extraShare: number;
}

export interface NightFindings {
  series: readonly StatementSeries[];
  /** Most extra time first. */
  regressions: readonly ExplainedRegression[];
  loads: readonly (LoadGrowth & { name: StatementName })[];
  newcomers: readonly {
    name: StatementName;
    now: PerCall;
    firstMs: number;
    share: number;
    text: string | null;
  }[];
  /** Plans that changed without harm, or before there was enough to judge. */
  flips: readonly { text: string; name: StatementName; change: PlanChange }[];
}

export function judgeNight(night: Night): NightFindings {
  const { options, windows } = night;
  const all = seriesOf(windows);
  const endMs = windows.at(-1)?.toMs ?? 0;
  // What was not called while somebody watched is neither better nor worse.
  const series = night.now ? all.filter(({ intervals }) => intervals.at(-1)?.toMs === endMs) : all;
  const floors = {
    factor: options.statements.regressionFactor,
    leastMs: options.statements.regressionTime,
    // A machine that is busy with the look itself is a little slower than it was at night.
    ...(night.now ? { lastIntervals: 1, remainingShare: 0.25 } : {}),
  };
  const nameOf = (one: StatementSeries): StatementName =>
    one.keys.map((key) => night.names.get(key)).find((name) => name !== undefined) ??
    nameOfText(one.text, one.queryIds[0] ?? '');
  const regressions = series
    .map((one) => findRegression(one, floors))
    .filter((found) => found !== null)
    .map((regression) => ({
      regression,
      explanation: explainRegression(regression, surroundingsOf(night, regression)),
      name: nameOf(regression.series),
      extraShare: shareSince(series, regression),
    }))
    .toSorted((a, b) => b.regression.extraMs - a.regression.extraMs);
  const worse = new Set(regressions.map(({ regression }) => regression.series.id));
  const range = { fromMs: windows[0]?.fromMs ?? 0, toMs: windows.at(-1)?.toMs ?? 0 };
  return {
    series,
    regressions,
    loads: series
      .filter(({ id }) => !worse.has(id))
      .map(findLoadGrowth)
      .filter((found) => found !== null)
      .map((load) => ({ ...load, name: nameOf(load.series) })),
    newcomers: findNewcomers(series, range, {
      slowMs: options.statements.slow,
      share: options.statements.slowShare,
    }).map(({ series: one, ...more }) => ({ ...more, name: nameOf(one), text: one.text })),
    flips: [...night.plans].flatMap(([text, looks]) => {
      const change = planChanges(looks).at(-1);
      const one = series.find(({ id }) => id === text);
      if (change === undefined || worse.has(text)) return [];
      return [{ text, change, name: one === undefined ? nameOfText(text, '') : nameOf(one) }];
    }),
  };
}

function shareSince(all: readonly StatementSeries[], { stepToMs, extraMs }: Regression): number {
  const later = all.flatMap(({ intervals }) => intervals.filter(({ toMs }) => toMs >= stepToMs));
  const totalMs = later.reduce((sum, one) => sum + one.totalMs, 0);
  return totalMs > 0 ? Math.min(1, extraMs / totalMs) : 0;
}

function surroundingsOf(night: Night, { series, stepToMs }: Regression) {
  const { snapshots, plans, events, settings } = night;
  const [first, last] = [snapshots[0], snapshots.at(-1)];
  const sinceStep = snapshots.find(({ takenAtMs }) => takenAtMs >= stepToMs);
  const tables = last?.parts.tables.known ? last.parts.tables.value : [];
  const indexesNow = last?.parts.indexes;
  const indexesThen = sinceStep?.parts.indexes;
  return {
    plans: (series.text === null ? undefined : plans.get(series.text)) ?? [],
    events,
    tables,
    settings,
    indexes:
      indexesNow?.known && indexesThen?.known
        ? { before: indexesThen.value.indexes, after: indexesNow.value.indexes }
        : null,
    bytesBefore: new Map(
      (first?.parts.tables.known ? first.parts.tables.value : []).map((table) => [
        `${table.schema}.${table.name}`,
        table.totalBytes ?? 0,
      ]),
    ),
    blockBytes: last?.server.blockBytes ?? 8_192,
    nowMs: last?.takenAtMs ?? 0,
  };
}

/** What grew, and what autovacuum did meanwhile, of one table. */
export interface TableGrowth {
  name: string;
  beforeBytes: number;
  afterBytes: number;
  written: number;
  vacuums: number;
  analyzes: number;
}

/** Tables by how much they grew or shrank, those first that changed most. */
export function tableGrowth(snapshots: readonly CounterSnapshot[]): TableGrowth[] {
  const [first, last] = [snapshots[0]?.parts.tables, snapshots.at(-1)?.parts.tables];
  if (!first?.known || !last?.known) return [];
  const earlier = new Map(first.value.map((table) => [table.oid, table]));
  return last.value
    .map((table) => growthOf(earlier.get(table.oid), table))
    .filter((one) => one.written > 0 || one.afterBytes !== one.beforeBytes || one.vacuums + one.analyzes > 0)
    .toSorted(
      (a, b) =>
        Math.abs(b.afterBytes - b.beforeBytes) - Math.abs(a.afterBytes - a.beforeBytes) ||
        b.written - a.written,
    );
}

function growthOf(before: TableStatistics | undefined, after: TableStatistics): TableGrowth {
  const rise = (of: (table: TableStatistics) => number): number => grown(before && of(before), of(after));
  return {
    name: `${after.schema}.${after.name}`,
    beforeBytes: before?.totalBytes ?? 0,
    afterBytes: after.totalBytes ?? before?.totalBytes ?? 0,
    written:
      rise(({ inserted }) => inserted) + rise(({ updated }) => updated) + rise(({ deleted }) => deleted),
    vacuums: rise(({ vacuums, autovacuums }) => vacuums + autovacuums),
    analyzes: rise(({ analyzes, autoanalyzes }) => analyzes + autoanalyzes),
  };
}

/** The server over the night. null: not known. */
export interface ServerNight {
  walBytes: number | null;
  checkpointsTimed: number | null;
  checkpointsRequested: number | null;
  deadlocks: number | null;
  conflicts: number | null;
  rollbacks: number | null;
  abandonedSessions: number | null;
  killedSessions: number | null;
  restarts: number;
}

/** Sums over all steps, so that a restart in between costs one step and not the night. */
export function serverNight(snapshots: readonly CounterSnapshot[]): ServerNight {
  const steps = snapshots.slice(1).map((after, at) => ({ before: snapshots[at] as CounterSnapshot, after }));
  const same = steps.filter(({ before, after }) => before.server.epoch === after.server.epoch);
  const sum = (of: (snapshot: CounterSnapshot) => number | null): number | null => {
    const rises = same.flatMap(({ before, after }) => {
      const [then, now] = [of(before), of(after)];
      return then === null || now === null ? [] : [grown(then, now)];
    });
    return rises.length === 0 ? null : rises.reduce((all, one) => all + one, 0);
  };
  const own = ({ parts, server }: CounterSnapshot) =>
    parts.databases.known ? parts.databases.value.find(({ name }) => name === server.database) : undefined;
  return {
    walBytes: sum(({ parts }) => (parts.wal.known ? parts.wal.value.positionBytes : null)),
    checkpointsTimed: sum(({ parts }) => (parts.checkpoints.known ? parts.checkpoints.value.timed : null)),
    checkpointsRequested: sum(({ parts }) =>
      parts.checkpoints.known ? parts.checkpoints.value.requested : null,
    ),
    deadlocks: sum((one) => own(one)?.deadlocks ?? null),
    conflicts: sum((one) => own(one)?.conflicts ?? null),
    rollbacks: sum((one) => own(one)?.rollbacks ?? null),
    abandonedSessions: sum((one) => own(one)?.sessionsAbandoned ?? null),
    killedSessions: sum((one) => own(one)?.sessionsKilled ?? null),
    restarts: steps.length - same.length,
  };
}
