import {
  addSparse,
  createLatencyHistogram,
  latencyQuantile,
  toSparse,
} from '../../../src/core/load/latency-histogram.ts';
import type { LoadTick } from '../../../src/core/load/measure.ts';
import type { LoadPlan } from '../../../src/core/load/plan.ts';
import { createLoadWorker } from '../../../src/platform/load/engine/load-worker.ts';
import type { PacingKind } from '../../../src/platform/load/engine/pacing/types.ts';

/** One worker in a process of its own, without a controller: what it costs and how late it is are its own. */

export interface EngineTrial {
  plan: LoadPlan;
  /** Default: by rate and free cores. */
  pacing?: PacingKind;
  /** Resident memory is read whenever so many requests more have been sent. */
  readMemoryEvery?: number;
}

export interface EngineMeasure {
  sent: number;
  succeeded: number;
  /** Milliseconds; null without a value. */
  lagP50: number | null;
  lagP99: number | null;
  responseP50: number | null;
  connectionsPeak: number;
  cpuMs: number;
  spanMs: number;
  memory: MemoryReading[];
}

export interface MemoryReading {
  atMs: number;
  sent: number;
  connections: number;
  residentBytes: number;
}

// Until there are timers and sockets, the parent is what this process lives for.
process.channel?.ref();
const trial = JSON.parse(process.argv[2] ?? '{}') as EngineTrial;
const [origin] = trial.plan.origins;
const url = new URL(origin?.url ?? 'http://127.0.0.1');
// Into histograms that are there already: what merging ticks leaves behind would count as the worker's memory.
const lag = createLatencyHistogram();
const response = createLatencyHistogram();
let sent = 0;
let succeeded = 0;
let spanMs = 0;
let connectionsPeak = 0;
let cpu = process.cpuUsage();
const memory: MemoryReading[] = [];

const worker = createLoadWorker(
  (message) => {
    if (message.kind === 'ready') {
      cpu = process.cpuUsage();
      worker.receive({ kind: 'go', startAtMs: performance.timeOrigin + performance.now() + 100 });
    } else if (message.kind === 'tick') {
      worker.receive({ kind: 'alive' });
      take(message.tick);
    } else if (message.kind === 'ended') {
      process.send?.(measure(), () => process.exit(0));
    } else {
      process.exitCode = 1;
      process.disconnect();
    }
  },
  trial.pacing === undefined ? {} : { pacing: trial.pacing },
);
worker.receive({
  kind: 'prepare',
  plan: trial.plan,
  worker: 0,
  workers: 1,
  origins: [{ url: url.origin, address: '127.0.0.1', port: Number(url.port) }],
  variables: {},
});

function take(tick: LoadTick): void {
  spanMs = tick.toMs;
  for (const endpoint of tick.endpoints) {
    sent += endpoint.sent;
    succeeded += endpoint.succeeded;
    addSparse(lag, endpoint.lag);
    addSparse(response, endpoint.response);
  }
  connectionsPeak = Math.max(connectionsPeak, tick.connections);
  const next = (memory.at(-1)?.sent ?? 0) + (trial.readMemoryEvery ?? Infinity);
  if (sent < next) return;
  // What is no longer needed is nobody's growth.
  globalThis.gc?.();
  memory.push({
    atMs: tick.toMs,
    sent,
    connections: tick.connections,
    residentBytes: process.memoryUsage.rss(),
  });
}

function measure(): EngineMeasure {
  const { user, system } = process.cpuUsage(cpu);
  return {
    sent,
    succeeded,
    lagP50: latencyQuantile(toSparse(lag), 0.5),
    lagP99: latencyQuantile(toSparse(lag), 0.99),
    responseP50: latencyQuantile(toSparse(response), 0.5),
    connectionsPeak,
    cpuMs: (user + system) / 1000,
    spanMs,
    memory,
  };
}
