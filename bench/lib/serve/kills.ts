import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDoor } from '../../../demo/door.ts';
import { seededRandom } from '../../../src/core/statistics/random.ts';
import { openStore } from '../../../src/store/open.ts';
import { DEFAULT_RETENTION } from '../../../src/store/store-fixture.ts';
import { type BenchRow, row } from '../bench.ts';
import { startDaemonProcess, writeConfig } from '../daemon-process.ts';
import { distinct, startMessageReceiver } from '../message-receiver.ts';
import { monotonicMs } from '../subject.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { type Arrival, startTruthServer } from '../truth.ts';
import { configFor } from './watched-paths.ts';

const PATHS = 50;
const INTERVAL_MS = 1_000;
/** What was answered so long before the kill must be in the store. */
const MAY_BE_LOST_MS = 1_000;

/** SIGKILL again and again at any moment, while something is down that was up and comes up again. */
export async function benchKills(rounds: number, log: (line: string) => void): Promise<BenchRow[]> {
  const truth = await startTruthServer(5);
  const receiver = await startMessageReceiver();
  const service = createDoor(() => createServer((_, response) => response.end('ok')));
  const port = await service.open();
  const random = seededRandom(50);
  try {
    return await inTemporaryFolder(async (folder) => {
      const { config } = configFor(truth, {
        count: PATHS,
        interval: `${INTERVAL_MS}ms`,
        more: {
          dependencies: { service: { url: `http://127.0.0.1:${port}/` } },
          alerts: {
            groupWait: '500ms',
            resolveAfter: '2s',
            notifiers: { bench: { kind: 'webhook', url: receiver.url } },
          },
        },
      });
      config.tools = {
        ...config.tools,
        'dependency-health-checker': { interval: `${INTERVAL_MS}ms`, timeout: '500ms' },
      };
      await writeConfig(folder, config);
      log(`${rounds} SIGKILLs`);
      const kills: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        if (round === Math.floor(rounds / 3)) await service.close();
        if (round === Math.floor((2 * rounds) / 3)) await service.open();
        const daemon = await startDaemonProcess(folder);
        await sleep(500 + random() * 2_500);
        await daemon.kill();
        kills.push(monotonicMs());
      }
      const daemon = await startDaemonProcess(folder);
      await sleep(15_000);
      await daemon.stop();
      const { lost, judged } = lostSamples(folder, await truth.arrivals(), kills);
      const told = distinct(receiver.received);
      const kinds = told.map(({ message }) => message.kind);
      return [
        row({
          name: 'samples older than a second lost by SIGKILL',
          value: lost,
          unit: 'samples',
          goal: { op: '=', value: 0 },
          samples: judged,
          note: `${rounds} kills`,
        }),
        row({
          name: 'alerts lost or repeated over all kills',
          value: kinds.join(', ') === 'firing, resolved' ? 0 : 1,
          unit: '',
          goal: { op: '=', value: 0 },
          note: `told: ${kinds.join(', ')}; copies of the same message: ${receiver.received.length - told.length}`,
        }),
      ];
    });
  } finally {
    truth.stop();
    await service.close();
    await receiver.stop();
  }
}

/** Probes that the server answered more than a second before the daemon was killed, and that the store does not have. */
function lostSamples(
  folder: string,
  arrivals: readonly Arrival[],
  kills: readonly number[],
): { lost: number; judged: number } {
  const store = openStore({ path: join(folder, '.rearguard', 'store.db'), retention: DEFAULT_RETENTION });
  try {
    const stored = new Map(
      store.samples
        .series('http.probe.duration')
        .map((series) => [
          (series.attributes['endpoint'] ?? '').split(' ').at(-1) ?? '',
          store.samples.raw(series, { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }).map(({ atMs }) => atMs),
        ]),
    );
    // The store stamps with the wall clock, the server with the monotonic one.
    const wallOffsetMs = Date.now() - monotonicMs();
    const safe = arrivals.filter(({ answeredAtMs }) => {
      if (answeredAtMs === null) return false;
      const kill = kills.find((atMs) => atMs >= answeredAtMs);
      return kill === undefined || kill - answeredAtMs > MAY_BE_LOST_MS;
    });
    const lost = safe.filter(({ path, atMs }) => {
      const wallMs = atMs + wallOffsetMs;
      return !(stored.get(path) ?? []).some((storedMs) => Math.abs(storedMs - wallMs) < INTERVAL_MS / 2);
    });
    return { lost: lost.length, judged: safe.length };
  } finally {
    store.close();
  }
}
