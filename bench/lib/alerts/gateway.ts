import { setTimeout as sleep } from 'node:timers/promises';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { ConfigInput } from '../../../src/config/schema.ts';
import { type BenchRow, row } from '../bench.ts';
import { startDaemonProcess, writeConfig } from '../daemon-process.ts';
import { distinct, startMessageReceiver } from '../message-receiver.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { until } from '../until.ts';

const CHILDREN = 30;
const INTERVAL_MS = 4_000;
/** Long enough for every child's slot, and for messages that should not come. */
const LOOK_MS = 30_000;

/** A gateway with thirty services behind it stops: one message, thirty children recorded with their cause. */
export async function benchGateway(log: (line: string) => void): Promise<BenchRow[]> {
  const receiver = await startMessageReceiver();
  const gateway = await startGateway();
  try {
    return await inTemporaryFolder(async (folder) => {
      await writeConfig(folder, configFor(gateway.port, receiver.url));
      const daemon = await startDaemonProcess(folder);
      const statesOf = (state: string): Set<string> =>
        new Set(
          daemon.changes.filter(({ data }) => data.to === state).map(({ data }) => data.dependency ?? ''),
        );
      try {
        await until(
          () => statesOf('up').size === CHILDREN + 1,
          60_000,
          () => `not all up: ${daemon.log()}`,
        );
        log(`the gateway of ${CHILDREN} services stops`);
        await gateway.close();
        await until(
          () => statesOf('down').size === CHILDREN + 1,
          LOOK_MS,
          () => 'not all were called down',
        );
        await sleep(LOOK_MS);
        const alerts = (await (await daemon.get('/api/alerts')).json()) as {
          alerts: { subject: { name: string }; suppression: { by: string } | null; state: string }[];
        };
        const told = distinct(receiver.received);
        const withCause = alerts.alerts.filter(
          ({ subject, suppression }) => subject.name.startsWith('child') && suppression?.by === 'gateway',
        );
        const recorded = statesOf('down').size - 1;
        await gateway.open();
        await until(
          () => receiver.received.some(({ message }) => message.kind === 'resolved'),
          60_000,
          () => 'nobody was told that it is over',
        );
        return [
          row({
            name: 'gateway with 30 children down: messages',
            value: told.length,
            unit: 'messages',
            goal: { op: '=', value: 1 },
            note: told[0]?.message.title ?? 'none',
          }),
          row({
            name: 'children recorded as down',
            value: recorded,
            unit: 'children',
            goal: { op: '=', value: CHILDREN },
            note: `${withCause.length} of them are alerts of their own, suppressed by the gateway`,
          }),
        ];
      } finally {
        await daemon.stop();
      }
    });
  } finally {
    await gateway.close();
    await receiver.stop();
  }
}

function configFor(port: number, webhook: string): ConfigInput {
  const children = Array.from({ length: CHILDREN }, (_, index) => [
    `child-${index}`,
    { url: `http://127.0.0.1:${port}/child-${index}`, behind: ['gateway'] },
  ]);
  return {
    dependencies: {
      gateway: { url: `http://127.0.0.1:${port}/health` },
      ...(Object.fromEntries(children) as ConfigInput['dependencies']),
    },
    tools: { 'dependency-health-checker': { interval: `${INTERVAL_MS}ms`, timeout: '2s' } },
    serve: { port: 0 },
    alerts: {
      groupWait: '2s',
      dependentWait: '5s',
      resolveAfter: '5s',
      notifiers: { bench: { kind: 'webhook', url: webhook } },
    },
  };
}

async function startGateway(): Promise<{ port: number; open(): Promise<void>; close(): Promise<void> }> {
  let server: Server | undefined;
  let port = 0;
  async function open(): Promise<void> {
    server = createServer((_, response) => response.end('ok'));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  }
  async function close(): Promise<void> {
    const closing = server;
    server = undefined;
    if (closing === undefined) return;
    const closed = once(closing, 'close');
    closing.close();
    closing.closeAllConnections();
    await closed;
  }
  await open();
  return { port, open, close };
}
