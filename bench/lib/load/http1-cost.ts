import { installed } from '../../../src/platform/test-support/debian-program.ts';
import { startNginx } from '../../../src/platform/test-support/debian-servers.ts';
import { type BenchOptions, type BenchRow, notRun } from '../bench.ts';
import { installAutocannon } from './autocannon.ts';
import {
  autocannonCost,
  compareCosts,
  type Compared,
  heyCost,
  ourCost,
  ratioRow,
  WARM_UP_NOTE,
  wrkCost,
} from './client-costs.ts';
import { PRICE } from './cost-client.ts';

const CONNECTIONS = 50;
const PLAIN = { op: '<=', value: 1.25 } as const;
const SCENARIO = { op: '<=', value: 1.45 } as const;
const HEY = { op: '<=', value: 0.5 } as const;
const AUTOCANNON = { op: '<=', value: 0.65 } as const;

/** 87 bytes of JSON, whatever is asked for. */
export const PRODUCT = JSON.stringify({
  id: 12_345,
  name: 'A product of some kind',
  price: PRICE,
  currency: 'EUR',
  stock: 1000,
});

/** One worker, keep-alive without end. */
export const costServer = (listen: string): string => `
  keepalive_requests 1000000000;
  server {
    listen ${listen};
    default_type application/json;
    location / { return 200 '${PRODUCT}'; }
  }`;

/** What a request costs the generator, beside wrk, hey and autocannon, against nginx with one worker, 50 connections. */
export async function http1CostRows({ quick, log }: BenchOptions): Promise<BenchRow[]> {
  const name = 'processor time of a request over HTTP/1.1';
  if (!installed('nginx') || !installed('wrk'))
    return [notRun(name, 'ratio', 'nginx or wrk is missing', PLAIN)];
  const durationMs = quick ? 2_000 : 6_000;
  const load = { connections: CONNECTIONS, warmUpMs: quick ? 2_000 : 4_000, durationMs };
  const nginx = await startNginx({ http: ({ port }) => costServer(`127.0.0.1:${port}`) });
  try {
    const url = `http://127.0.0.1:${nginx.port}/`;
    const ours = (client: 'product' | 'scenario' | 'connections') => (): ReturnType<typeof ourCost> =>
      ourCost({ client, url: url.slice(0, -1), ...load, tls: null });
    const autocannon = await installAutocannon();
    const { script } = autocannon;
    const clients: Compared[] = [
      { name: 'wrk', client: () => wrkCost(url, CONNECTIONS, durationMs) },
      { name: 'Rearguard', client: ours('product') },
      { name: 'Rearguard, four endpoints with JSON checks', client: ours('scenario') },
      { name: 'Rearguard’s connections alone', client: ours('connections') },
    ];
    if (installed('hey')) clients.push({ name: 'hey', client: () => heyCost(url, CONNECTIONS, durationMs) });
    if (script !== null) {
      clients.push({
        name: 'autocannon',
        client: () => autocannonCost(script, url, load),
      });
    }
    const costs = await compareCosts(clients, quick ? 3 : 5, log);
    const more = WARM_UP_NOTE;
    return [
      ratioRow(costs, ['Rearguard', 'wrk'], { goal: PLAIN, more }),
      ratioRow(costs, ['Rearguard, four endpoints with JSON checks', 'wrk'], { goal: SCENARIO, more }),
      ratioRow(costs, ['Rearguard’s connections alone', 'wrk'], { more }),
      costs.has('hey')
        ? ratioRow(costs, ['Rearguard', 'hey'], { goal: HEY, more })
        : notRun(`${name}: beside hey`, 'ratio', 'hey is missing', HEY),
      costs.has('autocannon')
        ? ratioRow(costs, ['Rearguard', 'autocannon'], { goal: AUTOCANNON, more })
        : notRun(`${name}: beside autocannon`, 'ratio', autocannon.missing ?? '', AUTOCANNON),
    ];
  } finally {
    await nginx.stop();
  }
}
