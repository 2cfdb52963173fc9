import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { connect } from 'node:net';
import { type BenchRow, notRun, row } from '../bench.ts';
import { startDaemonProcess, writeConfig } from '../daemon-process.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { runCli } from '../cli.ts';

const PATHS = ['/', '/healthz', '/metrics', '/api/status', '/api/findings', '/api/alerts', '/nothing'];

/** What the daemon answers to whom. */
export function benchAccess(log: (line: string) => void): Promise<BenchRow[]> {
  return inTemporaryFolder(async (folder) => {
    await writeConfig(folder, {
      dependencies: { itself: { url: 'tcp://127.0.0.1:9' } },
      serve: { port: 0 },
    });
    log('asking without a token, with foreign hosts and origins');
    const daemon = await startDaemonProcess(folder);
    try {
      const token = { authorization: `Bearer ${daemon.token}` };
      const { port } = new URL(daemon.url);
      const without = await statuses(daemon.url, {});
      const wrong = await statuses(daemon.url, { authorization: 'Bearer wrong' });
      const foreignHost = await statuses(daemon.url, { ...token, host: 'evil.test' });
      const foreignOrigin = await statuses(daemon.url, { ...token, origin: 'http://evil.test' });
      const right = await statuses(daemon.url, token);
      return [
        answered('answers without the token', without),
        answered('answers with a wrong token', wrong),
        answered('answers to a foreign Host', foreignHost),
        answered('answers to a foreign Origin', foreignOrigin),
        row({
          name: 'answers with the token, of 4 that exist',
          value: right.filter((status) => status === 200).length,
          unit: 'paths',
          goal: { op: '>=', value: 4 },
        }),
        await outside(Number(port)),
        await openRefused(folder),
      ];
    } finally {
      await daemon.stop();
    }
  });
}

function answered(name: string, got: readonly number[]): BenchRow {
  return row({
    name,
    value: got.filter((status) => status < 400).length,
    unit: 'paths',
    goal: { op: '=', value: 0 },
    samples: got.length,
    note: `statuses ${[...new Set(got)].join(', ')}`,
  });
}

/** By node:http, because fetch does not let a caller forge a Host. */
function statuses(url: string, headers: Readonly<Record<string, string>>): Promise<number[]> {
  return Promise.all(
    PATHS.map(
      (path) =>
        new Promise<number>((resolve, reject) => {
          request(url + path, { headers }, (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          })
            .on('error', reject)
            .end();
        }),
    ),
  );
}

/** Whether it can be reached by an address of this machine that is not loopback. */
async function outside(port: number): Promise<BenchRow> {
  const name = 'reachable beyond loopback by default';
  const address = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address;
  if (address === undefined) return notRun(name, 'addresses', 'this machine has no other address');
  const reached = await new Promise<boolean>((resolve) => {
    const socket = connect({ host: address, port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
  return row({ name, value: reached ? 1 : 0, unit: 'addresses', goal: { op: '=', value: 0 } });
}

async function openRefused(folder: string): Promise<BenchRow> {
  await writeConfig(folder, { serve: { host: '0.0.0.0', port: 0 } });
  const { exitCode } = await runCli(['serve'], folder);
  return row({
    name: 'exit code of serve beyond loopback without TLS',
    value: exitCode,
    unit: '',
    goal: { op: '=', value: 2 },
  });
}
