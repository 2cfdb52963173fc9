import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfigInput } from '../../../src/config/schema.ts';
import { startPostgres } from '../../../src/platform/postgres/embedded.ts';
import { installed } from '../../../src/platform/test-support/debian-program.ts';
import {
  RABBITMQ_SERVER,
  startMariadb,
  startNats,
  startRabbit,
  startRedis,
} from '../../../src/platform/test-support/debian-servers.ts';
import { type BenchRow, notRun, row } from '../bench.ts';
import { type DaemonProcess, startDaemonProcess, writeConfig } from '../daemon-process.ts';
import { distinct, type MessageReceiver, startMessageReceiver } from '../message-receiver.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { until } from '../until.ts';

const TIMEOUT_MS = 2_000;
const INTERVAL_MS = 3_000;
/** For messages that should not come. */
const QUIET_MS = 4_000;

interface FreezableServer {
  name: string;
  url: string;
  freeze(): Promise<void> | void;
  thaw(): void;
  stop(): Promise<unknown>;
}

/** Real servers stopped by SIGSTOP: the kernel goes on accepting for them, nobody answers. */
export async function benchFrozenServers(log: (line: string) => void): Promise<BenchRow[]> {
  const { servers, missing } = await startServers(log);
  const receiver = await startMessageReceiver();
  try {
    const rows = await inTemporaryFolder(async (folder) => {
      // By reference, because one has a password in it.
      for (const { name, url } of servers) await writeFile(join(folder, urlFile(name)), url);
      await writeConfig(folder, configFor(servers, receiver.url));
      const daemon = await startDaemonProcess(folder);
      try {
        await untilAllUp(daemon, servers);
        const measured: BenchRow[] = [];
        for (const server of servers) measured.push(...(await freezeOne(server, daemon, receiver, log)));
        return measured;
      } finally {
        await daemon.stop();
      }
    });
    return [...rows, ...missing];
  } finally {
    await receiver.stop();
    for (const server of servers) await server.stop();
  }
}

async function startServers(
  log: (line: string) => void,
): Promise<{ servers: FreezableServer[]; missing: BenchRow[] }> {
  const servers: FreezableServer[] = [];
  const missing: BenchRow[] = [];
  const postgres = await startPostgres();
  // The first line of the file is the postmaster's, who answers new connections.
  const pid = Number.parseInt(await readFile(join(postgres.directory, 'data', 'postmaster.pid'), 'utf8'), 10);
  servers.push({
    name: 'PostgreSQL',
    url: postgres.url,
    freeze: () => void process.kill(pid, 'SIGSTOP'),
    thaw: () => void process.kill(pid, 'SIGCONT'),
    stop: () => postgres.stop(),
  });
  const debian = [
    { name: 'Redis', program: 'redis-server', scheme: 'redis', start: () => startRedis() },
    { name: 'MariaDB', program: 'mariadbd', scheme: 'mysql', start: () => startMariadb() },
    { name: 'RabbitMQ', program: RABBITMQ_SERVER, scheme: 'amqp', start: () => startRabbit() },
    { name: 'NATS', program: 'nats-server', scheme: 'nats', start: () => startNats() },
  ];
  for (const { name, program, scheme, start } of debian) {
    if (!installed(program)) {
      missing.push(notRun(`${name} frozen: down`, 's', `${program} is not installed`));
      continue;
    }
    log(`starting ${name}`);
    const running = await start();
    servers.push({ ...running, name, url: `${scheme}://127.0.0.1:${running.port}` });
  }
  return { servers, missing };
}

function urlFile(name: string): string {
  return `${name.toLowerCase()}.url`;
}

function configFor(servers: readonly FreezableServer[], webhook: string): ConfigInput {
  return {
    dependencies: Object.fromEntries(
      servers.map(({ name }) => [name.toLowerCase(), { url: { $file: urlFile(name) } }]),
    ),
    tools: {
      'dependency-health-checker': { interval: `${INTERVAL_MS}ms`, timeout: `${TIMEOUT_MS}ms` },
    },
    serve: { port: 0 },
    alerts: {
      groupWait: '100ms',
      resolveAfter: '2s',
      notifiers: { bench: { kind: 'webhook', url: webhook } },
    },
  };
}

async function untilAllUp(daemon: DaemonProcess, servers: readonly FreezableServer[]): Promise<void> {
  const isUp = ({ name }: FreezableServer): boolean =>
    daemon.changes.some(({ data }) => data.dependency === name.toLowerCase() && data.to === 'up');
  await until(
    () => servers.every(isUp),
    60_000,
    () => `not all up: ${daemon.changes.map(({ text }) => text).join('; ')} ${daemon.log()}`,
  );
}

async function freezeOne(
  server: FreezableServer,
  daemon: DaemonProcess,
  receiver: MessageReceiver,
  log: (line: string) => void,
): Promise<BenchRow[]> {
  log(`freezing ${server.name}`);
  const dependency = server.name.toLowerCase();
  const changesBefore = daemon.changes.length;
  const messagesBefore = receiver.received.length;
  const changeTo = (state: string) =>
    daemon.changes
      .slice(changesBefore)
      .find(({ data }) => data.dependency === dependency && data.to === state);
  await server.freeze();
  const down = await until(
    () => changeTo('down'),
    30_000,
    () => `${server.name} was not called down`,
  );
  const fired = await until(
    () => receiver.received.slice(messagesBefore).find(({ message }) => message.kind === 'firing'),
    30_000,
    () => `nobody was told of ${server.name}`,
  );
  await sleep(QUIET_MS);
  const told = distinct(receiver.received.slice(messagesBefore));
  server.thaw();
  await until(
    () => receiver.received.slice(messagesBefore).some(({ message }) => message.kind === 'resolved'),
    60_000,
    () => `${server.name} was not called resolved`,
  );
  // The probe that found it: from its slot until we read that it is down.
  const seconds = (down.readAtMs - (down.data.atMs ?? Number.NaN)) / 1_000;
  return [
    row({
      name: `${server.name} frozen: down, from the start of the probe`,
      value: Number(seconds.toFixed(2)),
      unit: 's',
      goal: { op: '<=', value: TIMEOUT_MS / 1_000 + 1 },
      note: `cause ${down.data.cause ?? 'unknown'}; the message came ${((fired.atMs - down.readAtMs) / 1_000).toFixed(2)} s later`,
    }),
    row({
      name: `${server.name} frozen: cause is no-response`,
      value: down.data.cause === 'no-response' ? 1 : 0,
      unit: 'yes',
      goal: { op: '=', value: 1 },
    }),
    row({
      name: `${server.name} frozen: messages while it was`,
      value: told.length,
      unit: 'messages',
      goal: { op: '=', value: 1 },
    }),
  ];
}
