import { formatDuration } from '../../../core/duration.ts';
import { HISTORY_TOPICS, keepCounters } from '../../_shared/database/history.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { readSnapshot } from '../../_shared/database/postgres/read-snapshot.ts';
import type { CommandContext } from '../../context.ts';
import type { LiveView } from '../../define.ts';
import { counterValues, replicationValues, sessionValues, waitValues } from '../analyze/look-values.ts';
import { profileWaits, waitSample } from '../analyze/wait-profile.ts';
import { storeIncident } from '../collect/incident-log.ts';
import { lookWith } from '../collect/keep-open.ts';
import { comparable, type LiveState } from '../collect/live-state.ts';
import { openLive } from '../collect/open-live.ts';
import { keepPlansNow } from '../collect/plans.ts';
import { storeLook } from '../collect/series.ts';
import { activityLook } from '../collect/sessions.ts';
import type { TrackerOptions } from '../options.ts';
import { TOOL } from '../rules.ts';
import { assessDatabase, changesOf } from './watch-assess.ts';
import { noteOutage, rememberSample, type WatchedDatabase } from './watch-session.ts';

type Context = CommandContext<TrackerOptions>;

const KEEP_EVERY_MS = 60_000;

/** Between two looks only the sessions are sampled: where their time goes shows in nothing else. */
export async function sampleDatabase(ctx: Context, watched: WatchedDatabase): Promise<void> {
  const { reader } = watched;
  if (reader === null || watched.kept.failure !== null) return;
  await lookWith(ctx, watched.kept, async () => {
    const atMs = ctx.clock.wallMs();
    const activity = await reader.sessions();
    if (activity.known) rememberSample(watched, waitSample(atMs, activity.value), []);
  });
}

/** A whole look: facts, series, counters for later windows, and what changed. */
export async function lookAtDatabase(
  ctx: Context,
  watched: WatchedDatabase,
  intervalMs: number,
): Promise<LiveView['changes']> {
  const before = watched.state;
  await lookWith(ctx, watched.kept, async (database) => {
    watched.reader ??= await openLive(ctx, database);
    const atMs = ctx.clock.wallMs();
    const activity = await watched.reader.sessions();
    if (activity.known) {
      rememberSample(watched, waitSample(atMs, activity.value), [activityLook(atMs, activity.value)]);
    }
    const { waits, looks } = watched;
    watched.state = await watched.reader.state({ waits, looks, before });
    remember(ctx, watched, watched.state, { before, intervalMs });
    await keepHistory(ctx, watched, database);
  });
  const atMs = ctx.clock.wallMs();
  return [
    ...outageChanges(ctx, watched, atMs),
    ...restartChanges(ctx, watched, before, atMs),
    ...changesOf(watched, assessDatabase(watched), atMs),
  ];
}

/** Into the store: the numbers of the interval, and the scene while something is wrong. */
function remember(
  { store }: Context,
  watched: WatchedDatabase,
  { facts, counters, epoch, assess }: LiveState,
  { before, intervalMs }: { before: LiveState | null; intervalMs: number },
): void {
  const earlier = comparable(before, epoch);
  const overMs = earlier === null ? intervalMs : facts.atMs - earlier.facts.atMs;
  const risen = counterValues(earlier?.counters ?? null, counters, overMs);
  const { activity, replication } = facts;
  storeLook(store, facts.target, facts.atMs, overMs, {
    connections: null,
    states: new Map(),
    idle: new Map(),
    ...(activity.known ? sessionValues(activity.value) : {}),
    ...waitValues(profileWaits(watched.fresh)),
    ...risen,
    ...replicationValues(replication.known ? replication.value : null),
  });
  watched.fresh = [];
  watched.transactionsPerSecond = risen.transactionsPerSecond;
  watched.cacheHitPercent = risen.cacheHitPercent;
  if (assess().findings.length > 0) storeIncident(store, facts);
}

/** Counters of statements, tables and indexes cost more to read, and are only looked at over minutes. */
async function keepHistory(
  ctx: Context,
  watched: WatchedDatabase,
  { target, session }: OpenDatabase,
): Promise<void> {
  const nowMs = ctx.clock.monotonicMs();
  if (session.dialect !== 'postgresql' || nowMs < watched.nextKeepMs) return;
  watched.nextKeepMs = nowMs + KEEP_EVERY_MS;
  const counters = await readSnapshot(session, HISTORY_TOPICS, ctx.clock.wallMs());
  keepCounters(ctx.store.observations, { tool: TOOL, target: target.name }, counters);
  await keepPlansNow(ctx, { target, session }, counters);
}

function outageChanges(ctx: Context, watched: WatchedDatabase, atMs: number): LiveView['changes'] {
  const change = noteOutage(watched, atMs);
  if (change === null) return [];
  const { name } = watched.kept.target;
  const { kind, lastedMs } = change;
  const text = kind === 'back' ? `${change.text} after ${formatDuration(lastedMs)}` : change.text;
  ctx.store.events.add({
    id: `${ctx.run.id}:${name}:${kind}:${atMs}`,
    kind: 'state-change',
    atMs,
    target: name,
    title: kind === 'lost' ? `${name} cannot be looked at` : `${name} is back`,
    attributes: { database: name },
  });
  return [{ atMs, text, data: { kind, target: name, lastedMs } }];
}

/** A server that began anew: what it counted is gone, and so is what was open. */
function restartChanges(
  { store }: Context,
  { kept, state }: WatchedDatabase,
  before: LiveState | null,
  atMs: number,
): LiveView['changes'] {
  if (before === null || state === null) return [];
  const { startedAtMs, version } = state.facts.server;
  if (startedAtMs === before.facts.server.startedAtMs) return [];
  const { name } = kept.target;
  store.events.add({
    id: `${name}:restart:${Math.round(startedAtMs)}`,
    kind: 'restart',
    atMs: startedAtMs,
    target: name,
    title: `${name} was restarted (${version})`,
    attributes: { database: name, version },
  });
  return [{ atMs, text: `${name}: was restarted`, data: { kind: 'restarted', target: name, version } }];
}
