import type { Diagnostic } from '../../../core/report.ts';
import { HISTORY_TOPICS, keepCounters, keptCounters, keptTimes } from '../../_shared/database/history.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import type { LoggedDeadlock } from '../../_shared/database/postgres-log/summary.ts';
import { readSnapshot } from '../../_shared/database/postgres/read-snapshot.ts';
import type { CommandContext } from '../../context.ts';
import type { LiveFacts } from '../analyze/facts.ts';
import { type Look, STATE_TOPICS, WATCH_MS } from '../analyze/look.ts';
import type { KeptPlan } from '../analyze/plan-history.ts';
import type { WindowSource } from '../analyze/report-rows.ts';
import { expectedCalls } from '../analyze/statements/quiet.ts';
import type { TrackerOptions } from '../options.ts';
import { TOOL } from '../rules/tool.ts';
import { countBloat } from './bloat.ts';
import type { Space } from '../analyze/storage/bloat.ts';
import { look as lookAtSessions } from './look.ts';
import { nameStatements } from './names.ts';
import { loggedPlans } from './logged-plans.ts';
import { type CapturedPlans, capturePlans, keepPlans, plansAreFresh } from './plans.ts';
import { readServerLog } from './server-log.ts';
import { endOf, type StateSnapshot, statementWindow, watchCounters, type WindowSnapshot } from './window.ts';

export interface Asked {
  durationMs: number | undefined;
  /** Watch from now on, whatever history has. */
  now: boolean;
  deep: boolean;
}

export interface Analysis {
  look: Look;
  facts: LiveFacts;
  /** Those that `facts` counts, as far as a log has them. */
  loggedDeadlocks: readonly LoggedDeadlock[];
  source: WindowSource;
  /** null: they were looked at moments ago, and nobody asked for more. */
  plans: CapturedPlans | null;
  /** What was counted instead of estimated, by table. */
  space: ReadonlyMap<string, Space>;
  diagnostics: Diagnostic[];
}

type Context = CommandContext<TrackerOptions>;

/** Sessions are sampled over this much of the window. */
const SAMPLED_MS = 8_000;
const SAMPLE_EVERY_MS = 200;
/** History that ended longer ago than this has nothing to do with now. */
const GAP_MS = 15 * 60_000;
/** Statements that are named although they were not called: those that might have been. */
const MAX_SILENT = 200;
const MIN_EXPECTED = 5;

/** Reads one database: how it stands, a window of counters, and a short look at its sessions. */
export async function collectAnalysis(ctx: Context, database: OpenDatabase, asked: Asked): Promise<Analysis> {
  const { session, target } = database;
  const state = await readSnapshot(session, STATE_TOPICS, ctx.clock.wallMs());
  const past = asked.now ? [] : historyFor(ctx, target.name, state, asked.durationMs);
  const { readings, facts, diagnostics } =
    past.length > 0 ? await endHistory(ctx, database, past) : await watchNow(ctx, database, state, asked);
  const end = endOf(state, readings.at(-1));
  const statements = statementWindow(readings);
  const names = await nameStatements(namedStatements(end, statements), end.parts.catalog);
  const { log, deadlocks } = await readServerLog(ctx, database, {
    range: { fromMs: readings[0]?.takenAtMs ?? state.takenAtMs, toMs: ctx.clock.wallMs() },
    ...(facts.deadlocks.known ? { deadlocksSinceMs: facts.atMs - facts.deadlocks.value.overMs } : {}),
    database: end.server.database,
    settings: end.parts.settings,
    catalog: end.parts.catalog,
  });
  const deltas = statements.known ? statements.value.statements : [];
  const logged = loggedPlans(log, deltas, names, end.parts.tables);
  const plans = await plansOf(ctx, database, deltas, { logged, deep: asked.deep });
  return {
    loggedDeadlocks: deadlocks,
    look: {
      target: target.name,
      options: ctx.options,
      start: readings.length > 1 ? (readings[0] ?? null) : null,
      end,
      statements,
      names,
      sessions: facts.activity,
      queryWaits: facts.waits?.queries ?? new Map(),
      isLocal: isLoopback(target.url),
      knownSinceMs: knownSince(ctx, target.name, end),
      log,
      misestimates: logged
        .flatMap(({ text, misestimates }) => misestimates.map((one) => ({ ...one, statement: text })))
        .toSorted((a, b) => b.factor - a.factor),
    },
    facts,
    source: past.length > 0 ? 'history' : readings.length > 1 ? 'watched' : 'none',
    plans,
    space:
      asked.deep && end.parts.tables.known ? await countBloat(session, end, ctx.options.storage) : new Map(),
    diagnostics,
  };
}

interface Window {
  /** In time order; the first and the last are the ends of the window. */
  readings: readonly WindowSnapshot[];
  facts: LiveFacts;
  diagnostics: Diagnostic[];
}

/** Kept snapshots of the same server that reach back far enough; empty: none do. */
function historyFor(
  { store }: Context,
  target: string,
  { takenAtMs, server }: StateSnapshot,
  durationMs: number | undefined,
): WindowSnapshot[] {
  if (durationMs === undefined) return [];
  const { observations } = store;
  const of = { tool: TOOL, target };
  // The reading just before the window belongs to it; a twentieth earlier is as good.
  const range = { fromMs: takenAtMs - 1.05 * durationMs, toMs: takenAtMs };
  const times = keptTimes(observations, of, range);
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || takenAtMs - last > GAP_MS) return [];
  if (takenAtMs - first < 0.9 * durationMs) return [];
  return keptCounters(observations, of, range).filter((one) => one.server.epoch === server.epoch);
}

/** The present is the end of the window; the sessions are looked at for a moment. */
async function endHistory(
  ctx: Context,
  database: OpenDatabase,
  past: readonly WindowSnapshot[],
): Promise<Window> {
  const { facts, advice } = await lookAtSessions(ctx, database, { forMs: 2_000, everyMs: SAMPLE_EVERY_MS });
  const newest = await readSnapshot(database.session, HISTORY_TOPICS, ctx.clock.wallMs());
  keep(ctx, database, newest);
  return { readings: [...past, newest], facts, diagnostics: advice };
}

async function watchNow(
  ctx: Context,
  database: OpenDatabase,
  state: StateSnapshot,
  { durationMs = WATCH_MS }: Asked,
): Promise<Window> {
  const fromMs = state.takenAtMs;
  const untilMs = fromMs + durationMs;
  const forMs = Math.min(SAMPLED_MS, 0.8 * durationMs);
  const { facts, advice } = await lookAtSessions(ctx, database, { forMs, everyMs: SAMPLE_EVERY_MS });
  const readings: WindowSnapshot[] = [state];
  for await (const reading of watchCounters(ctx, database, { fromMs, untilMs })) {
    readings.push(reading);
    ctx.progress(reading.takenAtMs - fromMs, durationMs, `watching ${database.target.name}`);
  }
  keep(ctx, database, readings[0]);
  keep(ctx, database, readings.at(-1));
  return { readings, facts, diagnostics: advice };
}

/** Every look is a point of history, for a later window. */
function keep({ store }: Context, { target }: OpenDatabase, reading: WindowSnapshot | undefined): void {
  if (reading === undefined) return;
  const parts = Object.fromEntries(HISTORY_TOPICS.map((topic) => [topic, reading.parts[topic]]));
  keepCounters(
    store.observations,
    { tool: TOOL, target: target.name },
    { ...reading, parts: parts as WindowSnapshot['parts'] },
  );
}

async function plansOf(
  ctx: Context,
  { session, target }: OpenDatabase,
  statements: Parameters<typeof capturePlans>[1],
  { logged, deep }: { logged: readonly KeptPlan[]; deep: boolean },
): Promise<CapturedPlans | null> {
  const { observations } = ctx.store;
  const atMs = ctx.clock.wallMs();
  if (ctx.signal.aborted || (!deep && plansAreFresh(observations, target.name, atMs))) return null;
  const captured = await capturePlans(session, statements, ctx.options.statements.plans);
  keepPlans(observations, target.name, [...captured.plans, ...logged], atMs);
  return captured;
}

/** Those that were called, and those that were to be expected. */
function namedStatements(end: StateSnapshot, statements: Look['statements']) {
  const { parts, server } = end;
  if (!statements.known || !parts.statements.known) return [];
  const snapshot = parts.statements.value;
  const called = new Set(statements.value.statements.map(({ key }) => key));
  const silent = snapshot.statements
    .filter(({ key }) => !called.has(key))
    .filter((one) => expectedCalls(one, snapshot, statements.value, server) >= MIN_EXPECTED)
    .toSorted((a, b) => b.totalMs - a.totalMs)
    .slice(0, MAX_SILENT);
  return [...statements.value.statements, ...silent];
}

/** The oldest look at the same counters that we still have. */
function knownSince({ store }: Context, target: string, { takenAtMs, server }: StateSnapshot): number {
  const [first] = keptTimes(store.observations, { tool: TOOL, target }, { fromMs: 0, toMs: takenAtMs });
  return Math.min(first ?? takenAtMs, server.startedAtMs);
}

function isLoopback(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
