import { windowOf } from '../../_shared/database/delta.ts';
import {
  type CounterSnapshot,
  HISTORY_TOPICS,
  keptCounters,
  keepCounters,
} from '../../_shared/database/history.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { readSnapshot } from '../../_shared/database/postgres/read-snapshot.ts';
import type { StatementWindow } from '../../_shared/database/statements.ts';
import type { CommandContext } from '../../context.ts';
import type { Night } from '../analyze/overnight/night.ts';
import type { TrackerOptions } from '../options.ts';
import { TOOL } from '../rules/tool.ts';
import { nameStatements } from './names.ts';
import { capturePlans, keepPlans, planHistory } from './plans.ts';
import { readServerLog } from './server-log.ts';

type Context = CommandContext<TrackerOptions>;

/** Watched at the end where only what is true now counts. */
const NOW_MS = 10_000;
const NOW_TOPICS = [...HISTORY_TOPICS, 'catalog', 'settings'] as const;

/** All that history has of one database since then, and how it is now. */
export async function collectNight(
  ctx: Context,
  { target, session }: OpenDatabase,
  { sinceMs, now }: { sinceMs: number; now: boolean },
): Promise<Night> {
  const of = { tool: TOOL, target: target.name };
  const { observations, events } = ctx.store;
  const range = { fromMs: sinceMs, toMs: ctx.clock.wallMs() };
  const kept = keptCounters(observations, of, range);
  const first = await readSnapshot(session, NOW_TOPICS, ctx.clock.wallMs());
  if (now) await ctx.clock.sleep(NOW_MS, ctx.signal);
  const second = now ? await readSnapshot(session, HISTORY_TOPICS, ctx.clock.wallMs()) : null;
  const newest = second ?? countersOf(first);
  keepCounters(observations, of, newest);
  const snapshots = [...kept, ...(second === null ? [] : [countersOf(first)]), newest];
  const windows = windowsOf(snapshots);
  const deltas = windows.toReversed().flatMap(({ statements }) => statements);
  const distinct = [...new Map(deltas.map((delta) => [delta.key, delta])).values()];
  const plans = await capturePlans(
    session,
    distinct.toSorted((a, b) => b.totalMs - a.totalMs),
    ctx.options.statements.plans,
  );
  keepPlans(observations, target.name, plans.plans, ctx.clock.wallMs());
  const { log } = await readServerLog(
    ctx,
    { target },
    {
      range: { fromMs: sinceMs, toMs: ctx.clock.wallMs() + 1 },
      database: first.server.database,
      settings: first.parts.settings,
      catalog: first.parts.catalog,
    },
  );
  return {
    target: target.name,
    options: ctx.options,
    windows,
    snapshots,
    plans: planHistory(observations, target.name, { fromMs: range.fromMs, toMs: ctx.clock.wallMs() + 1 }),
    events: events
      .list({ fromMs: range.fromMs, toMs: ctx.clock.wallMs() + 1 })
      .filter((event) => event.target === undefined || event.target === target.name),
    settings: first.parts.settings.known ? first.parts.settings.value : null,
    names: await nameStatements(distinct, first.parts.catalog),
    log,
    now,
  };
}

function countersOf({ takenAtMs, server, parts }: CounterSnapshot): CounterSnapshot {
  const counters = Object.fromEntries(HISTORY_TOPICS.map((topic) => [topic, parts[topic]]));
  return { takenAtMs, server, parts: counters as CounterSnapshot['parts'] };
}

/** Between neighbours of which both could be read. */
function windowsOf(snapshots: readonly CounterSnapshot[]): StatementWindow[] {
  return snapshots.slice(1).flatMap((after, at) => {
    const [before, now] = [snapshots[at]?.parts.statements, after.parts.statements];
    return before?.known && now.known ? [windowOf([before.value, now.value])] : [];
  });
}
