import type { StatementCounters, StatementDelta, StatementSnapshot, StatementWindow } from './statements.ts';
import { isOwnText } from './own.ts';

/** Counters that never fall while an entry lives. */
const COUNTERS = [
  'calls',
  'totalMs',
  'planMs',
  'rows',
  'rowsExamined',
  'callsWithoutIndex',
  'sharedHit',
  'sharedRead',
  'sharedDirtied',
  'sharedWritten',
  'tempRead',
  'tempWritten',
  'readMs',
  'writeMs',
  'walBytes',
] as const satisfies readonly (keyof StatementCounters)[];

type Counter = (typeof COUNTERS)[number];
type Figures = Record<Counter, number | null>;

/** What happened between two snapshots. */
export function deltaOf(before: StatementSnapshot, after: StatementSnapshot): StatementWindow {
  return windowOf([before, after]);
}

/**
 * What happened over the time of the snapshots, which must be of one server and in time order; more of them lose less to
 * evictions and resets. No figure is ever more than what was really done, and those called exact are what was done, as
 * long as nobody resets single statements (before PostgreSQL 17 the server keeps no trace of that).
 *
 * Throws a RangeError without snapshots; a single one is an empty window.
 */
export function windowOf(snapshots: readonly StatementSnapshot[]): StatementWindow {
  const [first] = snapshots;
  const last = snapshots.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('A window needs a snapshot.');
  const steps = snapshots.slice(1).map((after, index) => stepOf(snapshots[index] ?? first, after));
  const statements = total(steps, newestTexts(snapshots));
  const own = statements.filter(({ text }) => isOwnText(text));
  const others = statements.filter(({ text }) => !isOwnText(text));
  return {
    dialect: last.dialect,
    fromMs: first.takenAtMs,
    toMs: last.takenAtMs,
    statements: others.toSorted((a, b) => b.totalMs - a.totalMs || (a.key < b.key ? -1 : 1)),
    coverage: coverageOf(steps, timeOf(others), timeOf(own)),
  };
}

/** What is known of the time between two neighbouring snapshots. */
interface Step {
  increments: ReadonlyMap<string, { counters: StatementCounters; figures: Figures }>;
  /** Statements that are counted whole; `all`: those, too, that are not mentioned. */
  exact: { all: boolean; keys: ReadonlySet<string> };
  /** Entries that are gone: what they did before they went cannot be had. */
  gone: ReadonlySet<string>;
  evictions: number | null;
  activeMs: number | null;
  reset: boolean;
}

/**
 * - continued: the same counters went on;
 * - reset: they began at zero in between;
 * - unclear: the server tells of resets only now, since its extension was updated;
 * - foreign: another server may have answered (after a failover), or an old one after a restart that does not say
 *   whether it kept its counters: they say nothing about this time.
 */
type Relation = 'continued' | 'reset' | 'unclear' | 'foreign';

function relationOf(before: StatementSnapshot, after: StatementSnapshot): Relation {
  const sameEpoch = before.epoch === after.epoch;
  if (before.resetAtMs === null || after.resetAtMs === null) {
    if (!sameEpoch) return 'foreign';
    return before.resetAtMs === after.resetAtMs ? 'continued' : 'unclear';
  }
  // Also over a restart, or a promotion, if the server kept its statistics.
  if (before.resetAtMs === after.resetAtMs) return 'continued';
  return sameEpoch || after.resetAtMs >= before.takenAtMs ? 'reset' : 'foreign';
}

function stepOf(before: StatementSnapshot, after: StatementSnapshot): Step {
  const relation = relationOf(before, after);
  const evictions = relation === 'continued' ? growth(before.evictions, after.evictions) : null;
  const wasWhole = relation === 'continued' && evictions === 0;
  const increments = new Map<string, { counters: StatementCounters; figures: Figures }>();
  const exact = new Set<string>();
  const earlier = new Map(before.statements.map((counters) => [counters.key, counters]));
  const gone = new Set(earlier.keys());
  for (const counters of relation === 'foreign' ? [] : after.statements) {
    const old = relation === 'reset' ? undefined : earlier.get(counters.key);
    gone.delete(counters.key);
    const lived = old !== undefined && isSameEntry(old, counters);
    if (!lived || isChanged(old, counters)) {
      increments.set(counters.key, { counters, figures: differenceOf(lived ? old : undefined, counters) });
    }
    const certain = lived && old.statsSinceMs !== null;
    if ((certain && relation === 'continued') || (wasWhole && (lived || old === undefined))) {
      exact.add(counters.key);
    }
  }
  return {
    increments,
    exact: { all: wasWhole, keys: exact },
    gone,
    evictions: relation === 'reset' ? after.evictions : evictions,
    activeMs: relation === 'foreign' ? null : growth(before.activeMs, after.activeMs),
    reset: relation !== 'continued',
  };
}

/** false: it was evicted or reset, and made anew. */
function isSameEntry(old: StatementCounters, counters: StatementCounters): boolean {
  if (old.statsSinceMs !== null && counters.statsSinceMs !== null) {
    return old.statsSinceMs === counters.statsSinceMs;
  }
  return COUNTERS.every((name) => (counters[name] ?? Infinity) >= (old[name] ?? 0));
}

/** Most are not, from one minute to the next. Planning is counted before its call is. */
function isChanged(old: StatementCounters, counters: StatementCounters): boolean {
  return old !== counters && (old.calls !== counters.calls || old.planMs !== counters.planMs);
}

function differenceOf(old: StatementCounters | undefined, counters: StatementCounters): Figures {
  const difference = (name: Counter): number | null => {
    const value = counters[name];
    const oldValue = old === undefined ? 0 : old[name];
    return value === null || oldValue === null ? null : value - oldValue;
  };
  return Object.fromEntries(COUNTERS.map((name) => [name, difference(name)])) as Figures;
}

/** null where either is not known, or the counter began anew. */
function growth(before: number | null, after: number | null): number | null {
  return before === null || after === null || after < before ? null : after - before;
}

/** Of all steps together: only what was called. */
function total(steps: readonly Step[], texts: ReadonlyMap<string, string>): StatementDelta[] {
  const sums = new Map<string, { counters: StatementCounters; figures: Figures }>();
  for (const { increments } of steps) {
    for (const [key, { counters, figures }] of increments) {
      const sum = sums.get(key)?.figures;
      sums.set(key, { counters, figures: sum === undefined ? figures : added(sum, figures) });
    }
  }
  const isExact = (key: string): boolean =>
    steps.every(
      ({ exact, increments, gone }) =>
        exact.keys.has(key) || (exact.all && !increments.has(key) && !gone.has(key)),
    );
  return [...sums].flatMap(([key, { counters, figures }]) => {
    const { statsSinceMs: _, ...identity } = counters;
    const calls = figures.calls ?? 0;
    if (calls === 0) return [];
    const totalMs = figures.totalMs ?? 0;
    return {
      ...identity,
      ...(figures as StatementCounters),
      text: texts.get(key) ?? null,
      meanMs: totalMs / calls,
      exactness: isExact(key) ? ('exact' as const) : ('lower-bound' as const),
    };
  });
}

function added(sum: Figures, figures: Figures): Figures {
  const add = (name: Counter): number | null => {
    const [one, other] = [sum[name], figures[name]];
    return one === null || other === null ? null : one + other;
  };
  return Object.fromEntries(COUNTERS.map((name) => [name, add(name)])) as Figures;
}

/** A text may have been read only later, or before its entry was made anew. */
function newestTexts(snapshots: readonly StatementSnapshot[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { statements } of snapshots) {
    for (const { key, text } of statements) if (text !== null) texts.set(key, text);
  }
  return texts;
}

/** Execution and planning of the statements that clients sent: what these call is within their time. */
function timeOf(statements: readonly StatementDelta[]): number {
  return statements.reduce(
    (sum, { topLevel, totalMs, planMs }) => (topLevel ? sum + totalMs + (planMs ?? 0) : sum),
    0,
  );
}

function coverageOf(steps: readonly Step[], trackedMs: number, ownMs: number): StatementWindow['coverage'] {
  const sum = (of: (step: Step) => number | null): number | null =>
    steps.reduce<number | null>((all, step) => {
      const value = of(step);
      return all === null || value === null ? null : all + value;
    }, 0);
  const databaseMs = sum(({ activeMs }) => activeMs);
  const othersMs = databaseMs === null ? null : databaseMs - ownMs;
  return {
    trackedMs,
    databaseMs,
    share: othersMs === null || othersMs <= 0 ? null : Math.min(1, trackedMs / othersMs),
    evictions: sum(({ evictions }) => evictions),
    resets: steps.filter(({ reset }) => reset).length,
    ownMs,
  };
}
