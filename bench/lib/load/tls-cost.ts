import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installed } from '../../../src/platform/test-support/debian-program.ts';
import { startNginx } from '../../../src/platform/test-support/debian-servers.ts';
import { createLocalAuthority } from '../../../src/platform/test-support/local-ca.ts';
import { type BenchOptions, type BenchRow, notRun } from '../bench.ts';
import { compareCosts, ourCost, ratioRow, WARM_UP_NOTE, wrkCost } from './client-costs.ts';
import { costServer } from './http1-cost.ts';

const CONNECTIONS = 50;
const GOAL = { op: '<=', value: 1.35 } as const;

/** As http1-cost, over TLS. */
export function tlsCostRows({ quick, log }: BenchOptions): Promise<BenchRow[]> {
  if (!installed('nginx') || !installed('wrk')) {
    const name = 'processor time of a request over TLS: Rearguard beside wrk';
    return Promise.resolve([notRun(name, 'ratio', 'nginx or wrk is missing', GOAL)]);
  }
  return measure(quick, log);
}

async function measure(quick: boolean, log: (line: string) => void): Promise<BenchRow[]> {
  const authority = await createLocalAuthority();
  const { certPem, keyPem } = await authority.issue();
  const nginx = await startNginx({
    http({ port, directory }) {
      // In its own folder: it runs as an account that may read nothing of ours.
      const cert = join(directory, 'cert.pem');
      const key = join(directory, 'key.pem');
      writeFileSync(cert, certPem);
      writeFileSync(key, keyPem);
      return `ssl_certificate ${cert}; ssl_certificate_key ${key}; ${costServer(`127.0.0.1:${port} ssl`)}`;
    },
  });
  try {
    const url = `https://127.0.0.1:${nginx.port}`;
    const durationMs = quick ? 2_000 : 6_000;
    const warmUpMs = quick ? 2_000 : 4_000;
    const task = { url, connections: CONNECTIONS, warmUpMs, durationMs, tls: { ca: authority.certPem } };
    const costs = await compareCosts(
      [
        { name: 'wrk over TLS', client: () => wrkCost(`${url}/`, CONNECTIONS, durationMs) },
        { name: 'Rearguard over TLS', client: () => ourCost({ ...task, client: 'product' }) },
        { name: 'Rearguard’s connections alone', client: () => ourCost({ ...task, client: 'connections' }) },
      ],
      quick ? 3 : 5,
      log,
    );
    return [
      ratioRow(costs, ['Rearguard over TLS', 'wrk over TLS'], { goal: GOAL, more: WARM_UP_NOTE }),
      ratioRow(costs, ['Rearguard’s connections alone', 'wrk over TLS'], { more: WARM_UP_NOTE }),
    ];
  } finally {
    await nginx.stop();
  }
}
