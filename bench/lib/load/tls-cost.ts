import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installed, startNginx } from '../../../src/platform/test-support/debian-servers.ts';
import { createLocalAuthority } from '../../../src/platform/test-support/local-ca.ts';
import { type BenchOptions, type BenchRow, notRun } from '../bench.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { compareCosts, ourCost, ratioRow, wrkCost } from './client-costs.ts';
import { costServer } from './http1-cost.ts';

const CONNECTIONS = 50;
const GOAL = { op: '<=', value: 1.35 } as const;

/** As http1-cost, over TLS. */
export function tlsCostRows({ quick, log }: BenchOptions): Promise<BenchRow[]> {
  if (!installed('nginx') || !installed('wrk')) {
    const name = 'processor time of a request over TLS: Rearguard beside wrk';
    return Promise.resolve([notRun(name, 'ratio', 'nginx or wrk is missing', GOAL)]);
  }
  return inTemporaryFolder(async (folder) => {
    const authority = await createLocalAuthority();
    const { certPem, keyPem } = await authority.issue();
    const cert = join(folder, 'cert.pem');
    const key = join(folder, 'key.pem');
    await writeFile(cert, certPem);
    await writeFile(key, keyPem);
    const nginx = await startNginx({
      http: ({ port }) =>
        `ssl_certificate ${cert}; ssl_certificate_key ${key}; ${costServer(`127.0.0.1:${port} ssl`)}`,
    });
    try {
      const url = `https://127.0.0.1:${nginx.port}`;
      const durationMs = quick ? 2_000 : 6_000;
      const warmUpMs = quick ? 2_000 : 4_000;
      const tls = { ca: authority.certPem };
      const task = { url, connections: CONNECTIONS, warmUpMs, durationMs, tls };
      const costs = await compareCosts(
        [
          { name: 'wrk over TLS', client: () => wrkCost(`${url}/`, CONNECTIONS, durationMs) },
          { name: 'Rearguard over TLS', client: () => ourCost({ ...task, client: 'product' }) },
          {
            name: 'Rearguard’s connections alone',
            client: () => ourCost({ ...task, client: 'connections' }),
          },
        ],
        quick ? 3 : 5,
        log,
      );
      return [
        ratioRow(costs, ['Rearguard over TLS', 'wrk over TLS'], GOAL),
        ratioRow(costs, ['Rearguard’s connections alone', 'wrk over TLS']),
      ];
    } finally {
      await nginx.stop();
    }
  });
}
