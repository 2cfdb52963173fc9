import { createLatencyHistogram } from '../../../core/load/latency-histogram.ts';
import type { LoadOrigin, LoadPlan } from '../../../core/load/plan.ts';
import { shareOf } from '../../../core/load/stages.ts';
import type { ToWorker } from '../bus/messages.ts';
import { compilePlan } from '../session/compile-plan.ts';
import type { ConnectOptions, WireProtocol } from '../wire/types.ts';
import { closedLoad } from './closed-load.ts';
import { connectionEvents } from './connections.ts';
import type { Engine } from './engine.ts';
import { createShelf } from './exemplars.ts';
import type { LoadDriver } from './load-driver.ts';
import { createMeter } from './meters.ts';
import { openLoad } from './open-load.ts';
import { createPool } from './pool.ts';
import { createThinkHeap } from './think-heap.ts';
import { createTracer } from './tracer.ts';

export type Protocols = Readonly<Partial<Record<LoadOrigin['protocol'], WireProtocol>>>;

/** Requests that one connection takes at once; for HTTP/2 what servers allow at least, by RFC 9113's advice (section 6.5.2). */
const SLOTS: Readonly<Record<LoadOrigin['protocol'], number>> = { 'http/1.1': 1, h2: 100 };

/** What checks and extractions see of a body; the rest is counted only. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Everything a worker holds, before it is started. Throws E_SCENARIO_INVALID. */
export function createEngine(
  { plan, worker, workers, origins, variables }: Extract<ToWorker, { kind: 'prepare' }>,
  protocols: Protocols,
  { pump, arm, stepEnded }: Pick<Engine, 'pump' | 'arm' | 'stepEnded'>,
): Engine {
  const addressed = plan.origins.map((origin, index) => {
    const pinned = origins[index];
    const protocol = protocols[origin.protocol];
    if (pinned === undefined) throw new RangeError(`no address for ${origin.url}`);
    if (protocol === undefined) throw new RangeError(`no ${origin.protocol} for ${origin.url}`);
    return { protocol, slotsOfOne: SLOTS[origin.protocol], options: connectOptions(plan, origin, pinned) };
  });
  const compiled = compilePlan(
    plan,
    (origin, request) => {
      const { protocol, options } = addressed[origin]!;
      const { authority, tls, keepAlive } = options;
      return protocol.encode(request, authority, { tls: tls !== null, keepAlive });
    },
    { variables },
  );
  const isClosed = isClosedModel(plan);
  const engine: Engine = {
    plan,
    compiled,
    originUrls: plan.origins.map(({ url }) => url),
    worker,
    workers,
    startMs: Infinity,
    pools: addressed.map((settings, origin) =>
      createPool({ ...settings, origin, takesTurns: isClosed || settings.slotsOfOne > 1 }),
    ),
    budget: { used: 0, cap: Math.max(1, shareOf(plan.limits.maxConnections, worker, workers)) },
    events: connectionEvents(() => engine),
    wantedLinks: 0,
    dirty: [],
    idleVisitors: [],
    inFlight: [],
    thoughts: createThinkHeap(),
    queued: 0,
    waiting: 0,
    maxQueued: Math.max(1, shareOf(plan.limits.maxQueued, worker, workers)),
    live: 0,
    meters: compiled.endpoints.map((name) => createMeter(name)),
    counts: { asked: 0, begun: 0, dropped: 0, ended: 0 },
    opened: 0,
    closedByServer: 0,
    connect: createLatencyHistogram(),
    tls: createLatencyHistogram(),
    exemplars: createShelf(compiled.endpoints.length, workers),
    tracer: createTracer(plan.tracedShare),
    pausedUntilRunMs: 0,
    pauseEndsMs: Infinity,
    askedPauseRunMs: 0,
    rampDown: null,
    isCut: false,
    nextDueMs: Infinity,
    arm,
    pump,
    stepEnded,
  };
  return engine;
}

export function createDriver(engine: Engine): LoadDriver {
  const { model } = engine.plan;
  return model.kind === 'users' || model.kind === 'iterations'
    ? closedLoad(engine, model)
    : openLoad(engine, model);
}

function isClosedModel({ model }: LoadPlan): boolean {
  return model.kind === 'users' || model.kind === 'iterations';
}

function connectOptions(
  { limits }: LoadPlan,
  origin: LoadOrigin,
  { address, port }: { address: string; port: number },
): ConnectOptions {
  const url = new URL(origin.url);
  return {
    address,
    port,
    authority: url.host,
    tls: url.protocol === 'https:' ? (origin.tls ?? {}) : null,
    connectTimeoutMs: limits.connectTimeoutMs,
    keepAlive: limits.keepAlive,
    maxBodyBytes: MAX_BODY_BYTES,
  };
}
