/**
 * The subject of health-scale and clock: a process that watches endpoints as `rearguard api-health-monitor watch` does, with
 * the store behind it, and notes what it was told. Takes a WatchTask, answers `watching`, and on `stop` a WatchAccount.
 */
import type { CoverageGap } from '../../src/core/event.ts';
import type { Sample, SeriesKey } from '../../src/core/metric.ts';
import type { HttpProbePlan, ProbeResult } from '../../src/platform/probe/types.ts';
import { createProbeService } from '../../src/runtime/probing/service.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';

export interface WatchTask {
  urls: string[];
  intervalMs: number;
  timeoutMs: number;
  storePath: string;
}

/** One sample, as small as the comparison with the truth allows: noting must not be what is measured. */
export interface NotedSample {
  path: string;
  atMs: number;
  totalMs: number;
  outcome: Sample['outcome'];
  /** The smallest duration in it; below 0 would be a sample from a clock that went back. */
  smallestMs: number;
}

export interface WatchAccount {
  samples: NotedSample[];
  gaps: CoverageGap[];
  missedSlots: number;
  /** Largest 99th percentile of loop delay over all ticks. */
  loopLagMs: number;
  /** Rows that the store gives back. */
  stored: number;
  /** CLOCK_MONOTONIC, when the watch was ended. */
  endedAtMs: number;
}

const DAY_MS = 86_400_000;
/** How much may be lost with the process. */
const STORE_EVERY_MS = 1_000;

async function main(task: WatchTask): Promise<void> {
  const retention = {
    samplesMs: 30 * DAY_MS,
    minuteBucketsMs: 30 * DAY_MS,
    hourBucketsMs: 365 * DAY_MS,
    runsMs: 30 * DAY_MS,
  };
  const store = openStore({ path: task.storePath, retention });
  const probes = createProbeService({ allowHosts: [] });
  const stopping = new AbortController();
  process.once('message', () => stopping.abort());

  const account: WatchAccount = {
    samples: [],
    gaps: [],
    missedSlots: 0,
    loopLagMs: 0,
    stored: 0,
    endedAtMs: 0,
  };
  let unstored: ProbeResult[] = [];
  let storedAtMs = performance.now();
  let announced = false;
  const monitors = task.urls.map((url) => ({
    plan: planFor(url, task.timeoutMs),
    intervalMs: task.intervalMs,
  }));
  for await (const tick of probes.watch(monitors, stopping.signal)) {
    if (!announced) process.send?.('watching');
    announced = true;
    account.gaps.push(...tick.gaps);
    account.missedSlots += tick.missedSlots;
    account.loopLagMs = Math.max(account.loopLagMs, tick.loopLagMs);
    for (const result of tick.results) account.samples.push(noted(result));
    unstored.push(...tick.results);
    for (const gap of tick.gaps) store.samples.gap(gap);
    if (performance.now() - storedAtMs >= STORE_EVERY_MS || stopping.signal.aborted) {
      append(store, unstored, task.intervalMs);
      unstored = [];
      storedAtMs = performance.now();
    }
  }
  account.endedAtMs = Number(process.hrtime.bigint()) / 1e6;
  append(store, unstored, task.intervalMs);
  const forever = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
  for (const { plan } of monitors) account.stored += store.samples.raw(seriesOf(plan.id), forever).length;
  store.close();
  await probes.close();
  process.send?.(account, () => process.disconnect());
}

function planFor(url: string, timeoutMs: number): HttpProbePlan {
  return {
    id: new URL(url).pathname,
    url,
    method: 'GET',
    headers: { 'user-agent': 'rearguard-bench' },
    kind: 'http',
    httpVersion: '1.1',
    maxRedirects: 0,
    resolver: 'own',
    timeoutMs,
    warm: false,
    assertions: [{ kind: 'status', anyOf: ['200'] }],
    maxBodyBytes: 65_536,
  };
}

function seriesOf(id: string): SeriesKey {
  return {
    metric: 'http.probe.duration',
    unit: 'ms',
    attributes: { target: 'truth', endpoint: id, temperature: 'cold' },
  };
}

function outcomeOf(result: ProbeResult): Sample['outcome'] {
  if (result.suspect) return 'suspect';
  return result.cold.success ? 'ok' : 'failed';
}

function append(store: Store, results: readonly ProbeResult[], intervalMs: number): void {
  if (results.length === 0) return;
  store.samples.append(
    results.map((result) => ({
      series: seriesOf(result.id),
      samples: [
        {
          atMs: result.startedAtMs,
          outcome: outcomeOf(result),
          value: result.cold.success ? result.cold.totalMs : null,
          coversMs: intervalMs,
          detail: { ...result.cold.phases, status: result.cold.status },
          ...(result.cold.cause === null ? {} : { cause: result.cold.cause }),
        },
      ],
    })),
  );
}

function noted(result: ProbeResult): NotedSample {
  const { phases, totalMs } = result.cold;
  const durations = Object.values(phases).filter((value) => value !== null);
  return {
    path: result.id,
    atMs: result.startedAtMs,
    totalMs,
    outcome: outcomeOf(result),
    smallestMs: Math.min(totalMs, ...durations),
  };
}

process.once('message', (task: WatchTask) => void main(task));
process.on('disconnect', () => process.exit());
