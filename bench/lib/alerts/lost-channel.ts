import { setTimeout as sleep } from 'node:timers/promises';
import { startRedis } from '../../../src/platform/test-support/debian-servers.ts';
import { type BenchRow, row } from '../bench.ts';
import { startDaemonProcess, writeConfig } from '../daemon-process.ts';
import { distinct, startMessageReceiver } from '../message-receiver.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { until } from '../until.ts';

const AWAY_MS = { quick: 20_000, full: 120_000 };
const PATIENCE_MS = 120_000;

/** The channel is away around a failure and a recovery, and the daemon is killed in between. */
export async function benchLostChannel(quick: boolean, log: (line: string) => void): Promise<BenchRow[]> {
  const awayMs = quick ? AWAY_MS.quick : AWAY_MS.full;
  const receiver = await startMessageReceiver();
  const redis = await startRedis();
  try {
    return await inTemporaryFolder(async (folder) => {
      await writeConfig(folder, {
        dependencies: { cache: { url: `redis://127.0.0.1:${redis.port}` } },
        tools: { 'dependency-health-checker': { interval: '2s', timeout: '1s' } },
        serve: { port: 0 },
        alerts: {
          groupWait: '100ms',
          resolveAfter: '1s',
          notifiers: { bench: { kind: 'webhook', url: receiver.url } },
        },
      });
      let daemon = await startDaemonProcess(folder);
      try {
        await until(
          () => daemon.changes.some(({ data }) => data.to === 'up'),
          30_000,
          () => daemon.log(),
        );
        log(`the channel is away for ${awayMs / 1_000} s around a failure and a recovery; SIGKILL between`);
        await receiver.goDown();
        await redis.freeze();
        await until(
          () => daemon.changes.some(({ data }) => data.to === 'down'),
          30_000,
          () => daemon.log(),
        );
        await sleep(awayMs / 4);
        await daemon.kill();
        daemon = await startDaemonProcess(folder);
        await sleep(awayMs / 4);
        redis.thaw();
        await until(
          () => daemon.changes.some(({ data }) => data.to === 'up'),
          30_000,
          () => daemon.log(),
        );
        await sleep(awayMs / 2);
        await receiver.comeBack();
        await until(
          () => receiver.received.length >= 2,
          PATIENCE_MS,
          () => 'the messages did not come',
        );
        await sleep(5_000);
      } finally {
        await daemon.stop();
      }
      const kinds = distinct(receiver.received).map(({ message }) => message.kind);
      return [
        row({
          name: 'channel away, daemon killed: failure and recovery told later, in order',
          value: kinds.join(', ') === 'firing, resolved' ? 1 : 0,
          unit: 'yes',
          goal: { op: '=', value: 1 },
          note: `told: ${kinds.join(', ')}`,
        }),
        row({
          name: 'copies of a message that was told already',
          value: receiver.received.length - kinds.length,
          unit: 'copies',
          goal: { op: '=', value: 0 },
        }),
      ];
    });
  } finally {
    await redis.stop();
    await receiver.stop();
  }
}
