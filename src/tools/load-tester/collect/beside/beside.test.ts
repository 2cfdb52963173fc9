import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../platform/clock.ts';
import { createHttpClient } from '../../../../platform/http-client.ts';
import { systemMachine } from '../../../../platform/machine.ts';
import { createNetGuard } from '../../../../platform/net-guard.ts';
import { processUsageOf } from '../../../../platform/process-usage/process-usage.ts';
import { type LocalServer, serveHttp } from '../../../../platform/test-support/servers.ts';
import { temporaryStores } from '../../../../store/store-fixture.ts';
import { loadOptionsSchema } from '../../options.ts';
import type { BesideRecord } from '../../record.ts';
import { type BesideWays, watchBeside } from './beside.ts';
import { parsePrometheusText } from './prometheus-text.ts';

const METRICS = `# HELP db_pool_size Connections.
# TYPE db_pool_size gauge
db_pool_size{pool="main"} 12
db_pool_waiting 3 1700000000000
http_requests_total 1e3
http_bucket{le="0.1"} 4
broken line here
nan_pool NaN
`;

const stores = temporaryStores();
let server: LocalServer;
let asked = 0;
beforeAll(async () => {
  server = await serveHttp((_, response) => {
    asked += 1;
    response.end(METRICS);
  });
});
afterAll(async () => {
  await server.close();
  stores.removeAll();
});

async function seen(
  options: Record<string, unknown>,
  more: { store?: BesideWays['store']; until?: () => boolean } = {},
): Promise<BesideRecord> {
  const ways: BesideWays = {
    clock: systemClock,
    http: createHttpClient(createNetGuard({ allowHosts: [] })),
    options: loadOptionsSchema.parse(options),
    processUsage: processUsageOf(process.platform),
    machine: systemMachine,
    store: more.store ?? stores.open(),
  };
  const watch = await watchBeside(ways, [server.origin]);
  await expect.poll(more.until ?? (() => true), { timeout: 20_000 }).toBe(true);
  return watch.end();
}

describe('beside a run', () => {
  it('watches pools and queues of a metrics URL, by their names with labels', async () => {
    const from = asked;
    const { scraped } = await seen(
      { process: 'none', metrics: { url: `${server.origin}/metrics` } },
      { until: () => asked >= from + 2 },
    );
    expect(scraped?.map(({ name }) => name)).toEqual(['db_pool_size{pool="main"}', 'db_pool_waiting']);
    expect(scraped?.[0]?.points.map(([, value]) => value)).toContain(12);
  });

  it('watches only the series that are named', async () => {
    const from = asked;
    const { scraped } = await seen(
      { process: 'none', metrics: { url: server.origin, series: ['http_requests_total'] } },
      { until: () => asked >= from + 2 },
    );
    expect(scraped?.map(({ name }) => name)).toEqual(['http_requests_total']);
  });

  it('says nothing of metrics that cannot be read', async () => {
    const { scraped, process } = await seen({ process: 'none', metrics: { url: 'http://127.0.0.1:1/' } });
    expect([scraped, process]).toEqual([null, null]);
  });

  it.runIf(process.platform === 'linux')('finds the process behind the port', async () => {
    const { process: found } = await seen({});
    expect(found).toMatchObject({ pid: process.pid, how: `listens on port ${server.port}` });
    expect(found?.samples[0]?.residentBytes).toBeGreaterThan(1e6);
  });

  it('tells what happened meanwhile, and nothing older', async () => {
    const store = stores.open();
    const event = { kind: 'deploy' as const, attributes: {} };
    const nowMs = Date.now();
    store.events.add({ ...event, id: 'old', atMs: nowMs - 60_000, title: 'Release 1' });
    let added = false;
    const { events } = await seen(
      { process: 'none' },
      {
        store,
        until: () => {
          if (!added) store.events.add({ ...event, id: 'new', atMs: Date.now(), title: 'Release 2' });
          added = true;
          return true;
        },
      },
    );
    expect(events).toMatchObject([{ label: 'deploy', detail: 'Release 2' }]);
  });
});

describe('parsePrometheusText', () => {
  it('takes values, and neither buckets nor what is no number', () => {
    expect(parsePrometheusText(METRICS)).toEqual([
      { name: 'db_pool_size{pool="main"}', value: 12 },
      { name: 'db_pool_waiting', value: 3 },
      { name: 'http_requests_total', value: 1_000 },
    ]);
  });
});
