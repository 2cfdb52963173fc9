import { formatDuration } from '../../../core/duration.ts';
import { HISTORY_TOPICS, keepCounters } from '../../_shared/database/history.ts';
import type { OpenDatabase } from '../../_shared/database/open-databases.ts';
import { activityReader } from '../../_shared/database/postgres/activity.ts';
import { readSnapshot, readTopic } from '../../_shared/database/postgres/read-snapshot.ts';
import type { CommandContext } from '../../context.ts';
import type { LiveView } from '../../define.ts';
import { counterValues, replicationValues, sessionValues, waitValues } from '../analyze/look-values.ts';
import { profileWaits, waitSample } from '../analyze/wait-profile.ts';
import { storeIncident } from '../collect/incident-log.ts';
import { lookWith } from '../collect/keep-open.ts';
import { liveFacts, type LiveSnapshot, ownCounters, readLive, sameEpoch } from '../collect/live.ts';
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
  const { snapshot } = watched;
  if (snapshot === null || watched.kept.failure !== null) return;
  await lookWith(ctx, watched.kept, async ({ session }) => {
    const atMs = ctx.clock.wallMs();
    const activity = await readTopic(session, snapshot.server, activityReader, atMs);
    if (activity.known) rememberSample(watched, waitSample(atMs, activity.value), []);
  });
}

/** A whole look: facts, series, counters for later windows, and what changed. */
export async function lookAtDatabase(
  ctx: Context,
  watched: WatchedDatabase,
  intervalMs: number,
): Promise<LiveView['changes']> {
  const before = watched.snapshot;
  await lookWith(ctx, watched.kept, async (database) => {
    const snapshot = await readLive(database, ctx.clock.wallMs());
    rememberLook(watched, snapshot);
    watched.facts = liveFacts(ctx, database, snapshot, {
      waits: watched.waits,
      looks: watched.looks,
      before: sameEpoch(before, snapshot),
    });
    watched.snapshot = snapshot;
    remember(ctx, watched, database, { before, intervalMs });
    await keepHistory(ctx, watched, database);
  });
  const atMs = ctx.clock.wallMs();
  const isNew = watched.kept.failure === null && watched.snapshot !== before;
  return [
    ...outageChanges(ctx, watched, atMs),
    ...(isNew ? restartChanges(ctx, watched, before, atMs) : []),
    ...changesOf(watched, assessDatabase(watched, ctx.options), atMs),
  ];
}

function rememberLook(watched: WatchedDatabase, { parts, takenAtMs }: LiveSnapshot): void {
  const { activity } = parts;
  if (!activity.known) return;
  rememberSample(watched, waitSample(takenAtMs, activity.value), [activityLook(takenAtMs, activity.value)]);
}

/** Into the store: the numbers of the interval, and the scene while something is wrong. */
function remember(
  ctx: Context,
  watched: WatchedDatabase,
  { target }: OpenDatabase,
  { before, intervalMs }: { before: LiveSnapshot | null; intervalMs: number },
): void {
  const { snapshot, facts } = watched;
  if (snapshot === null || facts === null) return;
  const comparable = sameEpoch(before, snapshot);
  const overMs = comparable === null ? intervalMs : snapshot.takenAtMs - comparable.takenAtMs;
  const counters = counterValues(ownCounters(comparable), ownCounters(snapshot), overMs);
  const { activity, replication } = snapshot.parts;
  storeLook(ctx.store, target.name, snapshot.takenAtMs, overMs, {
    connections: null,
    states: new Map(),
    idle: new Map(),
    ...(activity.known ? sessionValues(activity.value) : {}),
    ...waitValues(profileWaits(watched.fresh)),
    ...counters,
    ...replicationValues(replication.known ? replication.value : null),
  });
  watched.fresh = [];
  watched.transactionsPerSecond = counters.transactionsPerSecond;
  watched.cacheHitPercent = counters.cacheHitPercent;
  if (assessDatabase(watched, ctx.options).findings.length > 0) storeIncident(ctx.store, facts);
}

/** Counters of statements, tables and indexes cost more to read, and are only looked at over minutes. */
async function keepHistory(
  ctx: Context,
  watched: WatchedDatabase,
  { target, session }: OpenDatabase,
): Promise<void> {
  const nowMs = ctx.clock.monotonicMs();
  if (nowMs < watched.nextKeepMs) return;
  watched.nextKeepMs = nowMs + KEEP_EVERY_MS;
  const counters = await readSnapshot(session, HISTORY_TOPICS, ctx.clock.wallMs());
  keepCounters(ctx.store.observations, { tool: TOOL, target: target.name }, counters);
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
  ctx: Context,
  { kept, snapshot }: WatchedDatabase,
  before: LiveSnapshot | null,
  atMs: number,
): LiveView['changes'] {
  if (before === null || snapshot === null) return [];
  const { startedAtMs, version } = snapshot.server;
  if (startedAtMs === before.server.startedAtMs) return [];
  const { name } = kept.target;
  ctx.store.events.add({
    id: `${name}:restart:${Math.round(startedAtMs)}`,
    kind: 'restart',
    atMs: startedAtMs,
    target: name,
    title: `${name} was restarted (${version})`,
    attributes: { database: name, version },
  });
  return [{ atMs, text: `${name}: was restarted`, data: { kind: 'restarted', target: name, version } }];
}
