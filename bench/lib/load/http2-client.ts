import { type ClientHttp2Session, connect as connectNode } from 'node:http2';
import { HTTP2 } from '../../../src/platform/load/wire/http2/protocol.ts';
import type { Exchange } from '../../../src/platform/load/wire/types.ts';
import type { ClientCost } from './cost-client.ts';
import { users } from '../../../src/core/load/plan-fixture.ts';
import { benchGenerator, benchPlan } from './load-run.ts';

/** A closed loop of HTTP/2 over TLS in a process of its own: the load generator, its connections alone, or node:http2. */
export interface Http2Task {
  client: 'product' | 'connections' | 'node';
  url: string;
  ca: string;
  connections: number;
  /** Requests under way on each connection. */
  streams: number;
  durationMs: number;
}

/**
 * What compiling costs once is no cost of a request, and on a busy machine it would be most of a short run: the first ones are
 * left out, for both clients that JavaScript is compiled for.
 */
const WARM_UP_REQUESTS = 10_000;
const WARM_UP_MS = 2_000;

async function productCost({ url, ca, connections, streams, durationMs }: Http2Task): Promise<ClientCost> {
  const plan = benchPlan(url, users(connections * streams, WARM_UP_MS + durationMs), {
    origins: [{ url, protocol: 'h2', tls: { ca } }],
    limits: { maxConnections: connections },
  });
  const { signal } = new AbortController();
  const run = await benchGenerator().start(plan, { signal, confirmed: [], workers: 1 });
  let before = process.cpuUsage();
  let warmUp = 0;
  let requests = 0;
  let succeeded = 0;
  for await (const tick of run.ticks) {
    for (const endpoint of tick.endpoints) {
      requests += endpoint.sent;
      succeeded += endpoint.succeeded;
    }
    if (warmUp > 0 || requests < WARM_UP_REQUESTS) continue;
    warmUp = requests;
    before = process.cpuUsage();
  }
  const { user, system } = process.cpuUsage(before);
  return { requests: requests - warmUp, failed: requests - succeeded, cpuUs: user + system };
}

/** Counts what a bare client does, and says when it is over. */
interface Account {
  /** Counts one; false when no more are to be sent. */
  add(isSuccess: boolean, nowMs: number): boolean;
  cost(): ClientCost;
}

function openAccount(durationMs: number): Account {
  let requests = 0;
  let failed = 0;
  let before = process.cpuUsage();
  let endsAtMs = Infinity;
  return {
    add(isSuccess, nowMs) {
      requests += 1;
      if (!isSuccess) failed += 1;
      if (requests === WARM_UP_REQUESTS) {
        before = process.cpuUsage();
        endsAtMs = nowMs + durationMs;
      }
      return nowMs < endsAtMs;
    },
    cost() {
      const { user, system } = process.cpuUsage(before);
      return { requests: requests - WARM_UP_REQUESTS, failed, cpuUs: user + system };
    },
  };
}

function connectionsCost({ url, ca, connections, streams, durationMs }: Http2Task): Promise<ClientCost> {
  const { host, port } = new URL(url);
  const request = HTTP2.encode({ method: 'GET', path: '/', headers: [], body: null }, host, {
    tls: true,
    keepAlive: true,
  });
  const account = openAccount(durationMs);
  let open = 0;
  const options = {
    address: '127.0.0.1',
    port: Number(port),
    authority: host,
    tls: { ca },
    connectTimeoutMs: 10_000,
    keepAlive: true,
    maxBodyBytes: 1_000_000,
  };
  return new Promise((resolve) => {
    for (; open < connections; open += 1) {
      let inFlight = streams;
      HTTP2.connect(options, {
        onOpen(connection) {
          for (let stream = 0; stream < streams; stream += 1) connection.send(request, newExchange());
        },
        onResponse(connection, exchange, response, atMs) {
          if (account.add(response.status === 200, atMs)) connection.send(request, exchange);
          else if ((inFlight -= 1) === 0) connection.destroy();
        },
        onFailure: (_connection, _exchange, _kind, _detail, atMs) => void account.add(false, atMs),
        onRetry: (_connection, _exchange, _detail, atMs) => void account.add(false, atMs),
        onClose() {
          open -= 1;
          if (open === 0) resolve(account.cost());
        },
      });
    }
  });
}

function newExchange(): Exchange {
  return { headOnly: false, wantsHead: false, wantsBody: false, onEvent: null };
}

function nodeCost({ url, ca, connections, streams, durationMs }: Http2Task): Promise<ClientCost> {
  const account = openAccount(durationMs);
  let inFlight = connections * streams;
  return new Promise((resolve) => {
    const next = (session: ClientHttp2Session): void => {
      const stream = session.request({ ':path': '/' });
      let status = 0;
      stream.once('response', (fields) => {
        status = fields[':status'] ?? 0;
      });
      stream.once('error', () => undefined);
      stream.once('close', () => {
        if (account.add(status === 200, performance.now())) return next(session);
        inFlight -= 1;
        if (inFlight === 0) resolve(account.cost());
      });
      stream.resume();
    };
    for (let connection = 0; connection < connections; connection += 1) {
      const session = connectNode(url, { ca });
      session.once('connect', () => {
        for (let stream = 0; stream < streams; stream += 1) next(session);
      });
    }
  });
}

const CLIENTS = { product: productCost, connections: connectionsCost, node: nodeCost };

process.on('message', (task: Http2Task) => {
  // Sockets of node:http2 would keep the process.
  void CLIENTS[task.client](task).then((cost) => process.send?.(cost, () => process.exit()));
});
