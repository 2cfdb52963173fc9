import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Latencies in milliseconds, in time order, of one stream of calls that follow each other. */
export type Stream = number[];

export interface LatencyPool {
  /** By `<process>/<change>`: see noisy-server.ts. */
  streams: ReadonlyMap<string, readonly Stream[]>;
  samples: number;
  /** Left out, as the prober does: a timer here ran late while the call was under way. */
  suspect: number;
  /** p99 of how late timers ran, here and in the server, in ms: the machine's own noise. */
  clientLagMs: number;
  serverLagMs: number;
}

/** The first calls pay for compilation and new sockets, on both sides; that is no steady state to compare with. */
const WARM_UP_MS = 2_000;

/** Calls a real server over real sockets, every stream one call after the other, all streams at once, for a fixed time. */
export async function collectLatencies(
  streamsPerKind: Readonly<Record<string, number>>,
  seconds: number,
): Promise<LatencyPool> {
  const server = fork(new URL('./noisy-server.js', import.meta.url));
  const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });
  try {
    const [{ port }] = (await once(server, 'message')) as [{ port: number }];
    const lag = monitorEventLoopDelay({ resolution: 5 });
    lag.enable();
    const watch = watchLag();
    const endAt = performance.now() + seconds * 1_000;
    const streams = new Map<string, Stream[]>();
    let suspect = 0;
    const fill = async (stream: Stream, url: string): Promise<void> => {
      const keepFrom = performance.now() + WARM_UP_MS;
      for (let startedAt = 0; startedAt < endAt;) {
        startedAt = performance.now();
        const latencyMs = await timeCall(agent, url);
        if (startedAt < keepFrom) continue;
        if (watch.wasLate(startedAt, latencyMs)) suspect += 1;
        else stream.push(latencyMs);
      }
    };
    const calls = Object.entries(streamsPerKind).flatMap(([kind, count]) => {
      const ofKind = Array.from({ length: count }, (): Stream => []);
      streams.set(kind, ofKind);
      return ofKind.map((stream, index) => fill(stream, `http://127.0.0.1:${port}/${kind}/${index}`));
    });
    await Promise.all(calls);
    lag.disable();
    watch.stop();
    server.send('stop');
    const [{ lagP99Ms }] = (await once(server, 'message')) as [{ lagP99Ms: number }];
    const samples = [...streams.values()].flat().reduce((sum, stream) => sum + stream.length, 0);
    return { streams, samples, suspect, clientLagMs: lag.percentile(99) / 1e6, serverLagMs: lagP99Ms };
  } finally {
    agent.destroy();
    server.kill();
  }
}

/** A call is suspect when a timer ran late meanwhile, by more than 5 ms and a tenth of the call: our lag, not the server's. */
function watchLag(): { wasLate(startedAt: number, latencyMs: number): boolean; stop(): void } {
  const everyMs = 2;
  let tickedAt = performance.now();
  let late = { atMs: 0, byMs: 0 };
  const timer = setInterval(() => {
    const now = performance.now();
    const byMs = now - tickedAt - everyMs;
    if (byMs > 5) late = { atMs: now, byMs };
    tickedAt = now;
  }, everyMs);
  return {
    wasLate: (startedAt, latencyMs) => late.atMs >= startedAt && late.byMs > latencyMs / 10,
    stop: () => clearInterval(timer),
  };
}

function timeCall(agent: Agent, url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    request(url, { agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(performance.now() - startedAt));
      response.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}
