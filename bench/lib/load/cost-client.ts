import type { LoadTls, PlannedStep, StepCheck } from '../../../src/core/load/plan.ts';
import { HTTP1 } from '../../../src/platform/load/wire/http1/protocol.ts';
import type { ConnectionEvents, Exchange } from '../../../src/platform/load/wire/types.ts';
import { stepFixture, users } from '../../../src/core/load/plan-fixture.ts';
import { benchGenerator, benchPlan } from './load-run.ts';

/** A closed loop in a process of its own, which says what it cost: the product's load generator, or its connections alone. */
export interface CostTask {
  client: 'product' | 'scenario' | 'connections';
  url: string;
  connections: number;
  /** Both together are the run; in the first, code is compiled. */
  warmUpMs: number;
  durationMs: number;
  tls: LoadTls | null;
}

export interface ClientCost {
  requests: number;
  failed: number;
  /** User and system time of all threads while they were made, in microseconds: without the start of the process and the warm-up. */
  cpuUs: number;
}

/** What four endpoints answer; the benchmark's server has it, too. */
export const PRICE = 1_299;

const CHECKS: readonly StepCheck[] = [
  { kind: 'status', ranges: [{ from: 200, to: 200 }] },
  { kind: 'json', path: '$.price', equals: PRICE },
];

const STEPS: readonly PlannedStep[] = ['/products', '/products/{{$int 1 100}}', '/cart', '/health'].map(
  (path) => stepFixture(path, { checks: CHECKS }),
);

async function generatorCost(task: CostTask): Promise<ClientCost> {
  const { client, url, connections, warmUpMs, durationMs, tls } = task;
  const plan = benchPlan(url, users(connections, warmUpMs + durationMs), {
    origins: [{ url, protocol: 'http/1.1', ...(tls === null ? {} : { tls }) }],
    limits: { maxConnections: connections },
    ...(client === 'scenario' ? { scenarios: [{ name: 'shop', weight: 1, begin: [], steps: STEPS }] } : {}),
  });
  const { signal } = new AbortController();
  const run = await benchGenerator().start(plan, { signal, confirmed: [], workers: 1 });
  let requests = 0;
  let failed = 0;
  let warm: { requests: number; usage: NodeJS.CpuUsage } | null = null;
  for await (const { toMs, endpoints } of run.ticks) {
    for (const { sent, succeeded } of endpoints) {
      requests += sent;
      failed += sent - succeeded;
    }
    if (warm === null && toMs >= warmUpMs) warm = { requests, usage: process.cpuUsage() };
  }
  const { user, system } = process.cpuUsage(warm?.usage);
  return { requests: requests - (warm?.requests ?? 0), failed, cpuUs: user + system };
}

function connectionsCost({ url, connections, warmUpMs, durationMs, tls }: CostTask): Promise<ClientCost> {
  const { host, port } = new URL(url);
  const request = HTTP1.encode({ method: 'GET', path: '/', headers: [], body: null }, host, {
    tls: tls !== null,
    keepAlive: true,
  });
  const cost = { requests: 0, failed: 0 };
  const warmAtMs = performance.now() + warmUpMs;
  const endsAtMs = warmAtMs + durationMs;
  let before: NodeJS.CpuUsage | null = null;
  let open = 0;
  return new Promise((resolve) => {
    const events: ConnectionEvents = {
      onOpen: (connection) => connection.send(request, newExchange()),
      onResponse(connection, exchange, response, atMs) {
        if (before === null && atMs >= warmAtMs) {
          before = process.cpuUsage();
          cost.requests = 0;
        }
        cost.requests += 1;
        if (response.status !== 200) cost.failed += 1;
        if (atMs < endsAtMs) connection.send(request, exchange);
        else connection.destroy();
      },
      onFailure: () => void (cost.failed += 1),
      onRetry: () => undefined,
      onClose() {
        open -= 1;
        if (open > 0) return;
        const { user, system } = process.cpuUsage(before ?? undefined);
        resolve({ ...cost, cpuUs: user + system });
      },
    };
    const place = { address: '127.0.0.1', port: Number(port), authority: host, tls };
    const options = { ...place, connectTimeoutMs: 10_000, keepAlive: true, maxBodyBytes: 1_000_000 };
    for (; open < connections; open += 1) HTTP1.connect(options, events);
  });
}

function newExchange(): Exchange {
  return { headOnly: false, wantsHead: false, wantsBody: false, onEvent: null };
}

process.on('message', (task: CostTask) => {
  const measured = task.client === 'connections' ? connectionsCost(task) : generatorCost(task);
  void measured.then((cost) => process.send?.(cost, () => process.disconnect()));
});
