import { createServer, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { LoadPlan } from '../../../core/load/plan.ts';
import { arrivals, atOnce, stepFixture, users } from '../../../core/load/plan-fixture.ts';
import { planOf, type PlanParts } from './test-support/plan.ts';
import { runWorkers, sumsOf } from './test-support/run-workers.ts';

let server: Http2Server;
let connections = 0;
let streams = 0;
let peak = 0;
/** Streams of each connection. */
let shares: number[] = [];

afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));

/** HTTP/2 in clear text, as load balancers speak it to servers behind them. */
async function serve(
  answer: (path: string, end: (status: number) => void, close: () => void) => void,
  maxConcurrentStreams = 100,
): Promise<number> {
  connections = streams = peak = 0;
  shares = [];
  let open = 0;
  server = createServer({ settings: { maxConcurrentStreams } });
  const places = new Map<unknown, number>();
  server.on('session', (session) => {
    connections += 1;
    places.set(session, shares.push(0) - 1);
  });
  server.on('stream', (stream, headers) => {
    shares[places.get(stream.session) ?? -1]! += 1;
    streams += 1;
    open += 1;
    peak = Math.max(peak, open);
    stream.on('close', () => (open -= 1));
    stream.on('error', () => undefined);
    const end = (status: number): void => {
      if (stream.destroyed) return;
      stream.respond({ ':status': status });
      stream.end('body');
    };
    answer(String(headers[':path']), end, () => stream.session?.close());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function overHttp2(port: number, parts: PlanParts): LoadPlan {
  const plan = planOf([port], parts);
  return { ...plan, origins: plan.origins.map(({ url }) => ({ url, protocol: 'h2' })) };
}

describe('HTTP/2', () => {
  it('sends many requests over few connections, up to their streams', async () => {
    const port = await serve((_path, end) => setTimeout(() => end(200), 5), 10);
    const { total } = await runWorkers(
      overHttp2(port, { model: atOnce(400), limits: { maxConnections: 3 } }),
    );
    expect(sumsOf(total)).toMatchObject({ sent: 400, succeeded: 400 });
    expect(streams).toBe(400);
    expect(connections).toBeLessThanOrEqual(3);
    expect(peak).toBeLessThanOrEqual(30);
  });

  it('spreads users over all connections that they may have', async () => {
    const port = await serve((_path, end) => end(200));
    const run = await runWorkers(overHttp2(port, { model: users(20, 500), limits: { maxConnections: 4 } }));
    expect(connections).toBe(4);
    expect(run.total.opened).toBe(4);
    expect(sumsOf(run.total).failed).toBe(0);
    // The first one to open took all of them.
    expect(Math.max(...shares)).toBeLessThan(streams / 2);
  });

  it('survives a server that says goodbye again and again', async () => {
    let served = 0;
    const port = await serve((_path, end, close) => {
      end(200);
      served += 1;
      if (served % 20 === 0) close();
    });
    const { total } = await runWorkers(
      overHttp2(port, { model: arrivals(200, 1_000), limits: { maxConnections: 2 } }),
    );
    expect(sumsOf(total)).toMatchObject({ sent: 200, succeeded: 200 });
    expect(total.closedByServer).toBeGreaterThan(0);
  });

  it('gives up a stream at its deadline and keeps the connection', async () => {
    const port = await serve((path, end) => {
      if (path !== '/hangs') end(200);
    });
    const steps = [stepFixture('/hangs', { timeoutMs: 60 }), stepFixture('/good')];
    const { total } = await runWorkers(
      overHttp2(port, { model: atOnce(20), steps, limits: { maxConnections: 1 } }),
    );
    expect(sumsOf(total)).toMatchObject({ sent: 40, succeeded: 20, failed: 20 });
    expect(connections).toBe(1);
  });
});
