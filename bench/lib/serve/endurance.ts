import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchRow, notRun, row } from '../bench.ts';
import { startDaemonProcess, writeConfig } from '../daemon-process.ts';
import { readUsage } from '../process-usage.ts';
import { judgeSchedule, quantile } from '../schedule-quality.ts';
import { monotonicMs } from '../subject.ts';
import { inTemporaryFolder } from '../temporary-folder.ts';
import { byPath, startTruthServer } from '../truth.ts';
import { configFor } from './watched-paths.ts';

const MONITORS = 1_000;
const INTERVAL_MS = 20_000;
const DELAY_MS = 50;
const LENGTH_MS = { quick: 60_000, full: 3_600_000 };
const LOOK_EVERY_MS = 5_000;
/** Until then caches fill and the heap finds its size. */
const WARM_UP_MS = 600_000;
const DAY_MS = 86_400_000;

/** The daemon with a thousand monitors: does it keep its slots, its memory and its disk? */
export async function benchEndurance(quick: boolean, log: (line: string) => void): Promise<BenchRow[]> {
  const lengthMs = quick ? LENGTH_MS.quick : LENGTH_MS.full;
  const truth = await startTruthServer(DELAY_MS);
  try {
    return await inTemporaryFolder(async (folder) => {
      const { paths, config } = configFor(truth, { count: MONITORS, interval: `${INTERVAL_MS}ms` });
      await writeConfig(folder, config);
      log(`${MONITORS} monitors for ${lengthMs / 60_000} minutes`);
      const daemon = await startDaemonProcess(folder);
      const sinceMs = monotonicMs();
      const looks: Look[] = [];
      while (monotonicMs() - sinceMs < lengthMs) {
        await sleep(LOOK_EVERY_MS);
        looks.push({
          atMs: monotonicMs() - sinceMs,
          rssMb: readUsage(daemon.pid)?.rssMb ?? null,
          storeBytes: storeBytes(folder),
        });
      }
      const cpuMs = readUsage(daemon.pid)?.cpuMs ?? null;
      const exitCode = await daemon.stop();
      const schedule = judgeSchedule(byPath(await truth.arrivals()), {
        paths,
        intervalMs: INTERVAL_MS,
        sinceMs,
      });
      return [
        row({
          name: 'interval error p99',
          value: schedule === null ? null : Number(schedule.intervalErrorP99Ms.toFixed(1)),
          unit: 'ms',
          goal: { op: '<=', value: 50 },
          samples: schedule?.checks ?? 0,
        }),
        row({
          name: 'drift per check',
          value: schedule === null ? null : Number(schedule.driftPerCheckMs.toFixed(4)),
          unit: 'ms',
          goal: { op: '<=', value: 0.05 },
        }),
        memoryRow(looks),
        row({
          name: 'largest resident memory',
          value: Math.round(Math.max(...looks.map(({ rssMb }) => rssMb ?? 0))),
          unit: 'MB',
          goal: { op: '<=', value: 200 },
        }),
        row({
          name: 'share of a core',
          value: cpuMs === null ? null : Number(((100 * cpuMs) / lengthMs).toFixed(1)),
          unit: '%',
        }),
        growthRow(looks),
        row({ name: 'exit code of a clean stop', value: exitCode, unit: '', goal: { op: '=', value: 0 } }),
      ];
    });
  } finally {
    truth.stop();
  }
}

interface Look {
  atMs: number;
  rssMb: number | null;
  storeBytes: number;
}

/** The second sixth of the hour against the last one, medians: a leak shows, a garbage collection does not. */
function memoryRow(looks: readonly Look[]): BenchRow {
  const name = 'resident memory, last ten minutes against the ten after the warm-up';
  const goal = { op: '<=', value: 5 } as const;
  const lastMs = looks.at(-1)?.atMs ?? 0;
  if (lastMs < 3 * WARM_UP_MS) return notRun(name, '%', 'needs the full length', goal);
  const medianOf = (fromMs: number): number =>
    quantile(
      looks.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + WARM_UP_MS).map(({ rssMb }) => rssMb ?? 0),
      0.5,
    );
  const [early, late] = [medianOf(WARM_UP_MS), medianOf(lastMs - WARM_UP_MS)];
  return row({
    name,
    value: Number((100 * (late / early - 1)).toFixed(1)),
    unit: '%',
    goal,
    samples: looks.length,
    note: `${early.toFixed(0)} MB, then ${late.toFixed(0)} MB`,
  });
}

/** Between two looks that both lie between checkpoints of the log, over half of the time. */
function growthRow(looks: readonly Look[]): BenchRow {
  const half = looks.slice(Math.floor(looks.length / 2));
  const [first, last] = [half[0], half.at(-1)];
  const name = 'growth of the store per day';
  if (first === undefined || last === undefined || last.atMs <= first.atMs)
    return notRun(name, 'MB', 'too few looks');
  const perDay = ((last.storeBytes - first.storeBytes) / (last.atMs - first.atMs)) * DAY_MS;
  return row({
    name,
    value: Math.round(perDay / 1e6),
    unit: 'MB',
    note: `single samples are kept for 48 h by default, so the store stays below ${Math.round((2 * perDay) / 1e6)} MB plus aggregates; now ${(last.storeBytes / 1e6).toFixed(0)} MB`,
  });
}

function storeBytes(folder: string): number {
  return statSync(join(folder, '.rearguard', 'store.db')).size;
}
