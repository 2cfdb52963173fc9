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
  seconds: number;
  /** p99 of how late timers ran, here and in the server, in ms: the machine's own noise. */
  clientLagMs: number;
  serverLagMs: number;
}

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
    const endAt = performance.now() + seconds * 1_000;
    const streams = new Map<string, Stream[]>();
    const calls = Object.entries(streamsPerKind).flatMap(([kind, count]) => {
      const ofKind = Array.from({ length: count }, (): Stream => []);
      streams.set(kind, ofKind);
      return ofKind.map((stream, index) =>
        fill(stream, agent, `http://127.0.0.1:${port}/${kind}/${index}`, endAt),
      );
    });
    await Promise.all(calls);
    lag.disable();
    server.send('stop');
    const [{ lagP99Ms }] = (await once(server, 'message')) as [{ lagP99Ms: number }];
    const samples = [...streams.values()].flat().reduce((sum, stream) => sum + stream.length, 0);
    return { streams, samples, seconds, clientLagMs: lag.percentile(99) / 1e6, serverLagMs: lagP99Ms };
  } finally {
    agent.destroy();
    server.kill();
  }
}

async function fill(stream: Stream, agent: Agent, url: string, endAt: number): Promise<void> {
  // The first call opens the socket; it is not like the others.
  await timeCall(agent, url);
  while (performance.now() < endAt) stream.push(await timeCall(agent, url));
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
