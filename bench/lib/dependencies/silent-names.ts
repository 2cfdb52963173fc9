import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfigInput } from '../../../src/config/schema.ts';
import { openStore } from '../../../src/store/open.ts';
import { type BenchRow, row } from '../bench.ts';
import { startDaemonProcess, writeConfig } from '../daemon-process.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { type Arrival, byPath, startTruthServer, type TruthServer } from '../truth.ts';

const HEALTHY = 200;
const SILENT = 10;
const DELAY_MS = 50;
const INTERVAL_MS = 10_000;
const RUN_MS = { quick: 35_000, full: 120_000 };
const DAY_MS = 86_400_000;
/** Of the daemon's default configuration. */
const RETENTION = {
  samplesMs: 2 * DAY_MS,
  minuteBucketsMs: 14 * DAY_MS,
  hourBucketsMs: 400 * DAY_MS,
  runsMs: 90 * DAY_MS,
};

/** Names whose servers never answer must not delay, or bring down, what has nothing to do with them. */
export async function benchSilentNames(quick: boolean, log: (line: string) => void): Promise<BenchRow[]> {
  const silent = createSocket('udp4');
  silent.bind(0, '127.0.0.1');
  await once(silent, 'listening');
  const truth = await startTruthServer(DELAY_MS);
  try {
    return await inTemporaryFolder(async (folder) => {
      await writeConfig(folder, configFor(truth, silent.address().port));
      const daemon = await startDaemonProcess(folder);
      log(`${HEALTHY} healthy dependencies beside ${SILENT} silent names`);
      await sleep(quick ? RUN_MS.quick : RUN_MS.full);
      await daemon.stop();
      const downs = daemon.changes.filter(
        ({ data }) => data.to === 'down' && data.dependency?.startsWith('healthy') === true,
      );
      const silentDowns = daemon.changes.filter(
        ({ data }) => data.to === 'down' && data.dependency?.startsWith('silent') === true,
      );
      return [
        row({
          name: 'false downs beside silent names',
          value: downs.length,
          unit: 'downs',
          goal: { op: '=', value: 0 },
          samples: HEALTHY,
        }),
        row({
          name: 'silent names called down, cause dns-timeout',
          value: silentDowns.filter(({ data }) => data.cause === 'dns-timeout').length,
          unit: 'names',
          goal: { op: '=', value: SILENT },
        }),
        latencyError(join(folder, '.rearguard', 'store.db'), await truth.arrivals()),
      ];
    });
  } finally {
    truth.stop();
    silent.close();
  }
}

function configFor(truth: TruthServer, silentPort: number): ConfigInput {
  const healthy = Array.from({ length: HEALTHY }, (_, index) => [
    `healthy-${index}`,
    { url: truth.url(`/healthy-${index}`) },
  ]);
  const silent = Array.from({ length: SILENT }, (_, index) => [
    `silent-${index}`,
    { url: `http://silent-${index}.test:8080/`, nameServers: [`127.0.0.1:${silentPort}`] },
  ]);
  return {
    dependencies: Object.fromEntries([...healthy, ...silent]) as ConfigInput['dependencies'],
    tools: { 'dependency-health-checker': { interval: `${INTERVAL_MS}ms`, timeout: '4s' } },
    serve: { port: 0 },
  };
}

/** What was stored against what the server did: how much longer than the server took a probe says it took. */
function latencyError(storePath: string, arrivals: readonly Arrival[]): BenchRow {
  const store = openStore({ path: storePath, retention: RETENTION });
  const errors: number[] = [];
  const paths = byPath(arrivals);
  try {
    for (const series of store.samples.series('dependency.probe.duration')) {
      const name = series.attributes['dependency'] ?? '';
      const answered = (paths.get(`/${name}`) ?? []).filter(({ answeredAtMs }) => answeredAtMs !== null);
      const samples = store.samples
        .raw(series, { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER })
        .filter(({ outcome }) => outcome === 'ok');
      for (const [index, { value }] of samples.entries()) {
        const arrival = answered[index];
        if (arrival === undefined || value === null) continue;
        errors.push(Math.abs(value - ((arrival.answeredAtMs ?? 0) - arrival.atMs)));
      }
    }
  } finally {
    store.close();
  }
  const sorted = errors.toSorted((a, b) => a - b);
  const p99 = sorted[Math.floor(sorted.length * 0.99)];
  return row({
    name: 'latency error p99 beside silent names',
    value: p99 === undefined ? null : Number(p99.toFixed(2)),
    unit: 'ms',
    goal: { op: '<=', value: 5 },
    samples: sorted.length,
    note: 'the difference between what was stored and the time the server itself took, over loopback',
  });
}
