import { setTimeout as sleep } from 'node:timers/promises';
import { createServer } from 'node:http';
import { createDoor } from '../../../demo/door.ts';
import type { Finding } from '../../../src/core/finding.ts';
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
  const gateway = createDoor(() => createServer((_, response) => response.end('ok')));
  const port = await gateway.open();
  try {
    return await inTemporaryFolder(async (folder) => {
      await writeConfig(folder, configFor(port, receiver.url));
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
        const { findings } = (await (await daemon.get('/api/findings?limit=100')).json()) as {
          findings: Finding[];
        };
        const told = distinct(receiver.received);
        const withCause = findings.filter(({ rule }) => rule.endsWith('/affected'));
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
            note: `${withCause.length} of them as a finding that names the gateway as the cause`,
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
