import { join } from 'node:path';
import type { Store } from '../src/store/store.ts';
import { temporaryStores } from '../src/store/store-fixture.ts';
import { type BenchOptions, type BenchRow, defineBenchmark, notRun, row } from './lib/bench.ts';
import { cpuPerSample, fillWeek, insertRates, readWeek } from './lib/store-cost.ts';
import { fillDisk } from './lib/store-full-disk.ts';
import { killRounds } from './lib/store-kill.ts';
import { writeTogether } from './lib/store-together.ts';

type Stores = ReturnType<typeof temporaryStores>;

const HOUR_MS = 3_600_000;
/** 1,000 endpoints, cold and warm, every 20 s. */
const SAMPLES_PER_SECOND = 100;
const NONE = { op: '=', value: 0 } as const;

export const benchmark = defineBenchmark({
  name: 'store-crash',
  summary: 'What the store keeps when it is killed, shared or out of disk, and what it costs',
  async run(options) {
    const stores = temporaryStores();
    try {
      return [
        ...(await killed(stores, options)),
        ...(await shared(stores, options)),
        ...(await outOfDisk(stores, options)),
        ...costs(stores, options),
      ];
    } finally {
      stores.removeAll();
    }
  },
});

async function killed(stores: Stores, { quick, log }: BenchOptions): Promise<BenchRow[]> {
  const rounds = quick ? 8 : 50;
  log(`SIGKILL during writes, ${rounds} times`);
  const outcome = await killRounds(join(stores.folder(), '.rearguard', 'store.db'), rounds, seededRandom(7));
  const all = { op: '=', value: rounds } as const;
  return [
    row({ name: 'killed in mid-work', value: outcome.killed, unit: 'times', goal: all }),
    row({ name: 'store opened after it', value: outcome.opened, unit: 'times', goal: all }),
    row({ name: 'integrity_check ok', value: outcome.intact, unit: 'times', goal: all }),
    row({
      name: 'acknowledged batches lost',
      value: outcome.lost,
      unit: 'batches',
      goal: NONE,
      samples: outcome.acknowledged,
    }),
    row({
      name: 'batches kept in part',
      value: outcome.torn,
      unit: 'batches',
      goal: NONE,
      samples: outcome.acknowledged,
    }),
    row({ name: 'finding ids changed', value: outcome.idsChanged, unit: 'ids', goal: NONE, samples: rounds }),
  ];
}

async function shared(stores: Stores, { quick, log }: BenchOptions): Promise<BenchRow[]> {
  log('Two processes writing at once');
  const path = join(stores.folder(), '.rearguard', 'store.db');
  const outcome = await writeTogether(path, 2, quick ? 200 : 1_000);
  const samples = outcome.acknowledged;
  return [
    row({ name: 'two writers: errors', value: outcome.errors, unit: 'processes', goal: NONE, samples }),
    row({ name: 'two writers: batches lost', value: outcome.lost, unit: 'batches', goal: NONE, samples }),
  ];
}

async function outOfDisk(stores: Stores, { log }: BenchOptions): Promise<BenchRow[]> {
  log('Full disk');
  const outcome = await fillDisk(stores.folder());
  const goal = { op: '=', value: 3 } as const;
  if (outcome === null) {
    return [
      notRun(
        'full disk: exit code',
        '',
        'no small file system could be mounted; it takes root on Linux',
        goal,
      ),
    ];
  }
  const samples = outcome.acknowledged;
  const lost = outcome.kept === null ? samples : Math.max(0, samples - outcome.kept);
  const isIntact = outcome.integrity === 'ok' && outcome.writesAfterSpaceWasFreed;
  return [
    row({
      name: 'full disk: exit code',
      value: outcome.exitCode,
      unit: '',
      goal,
      note: `${outcome.code}: ${outcome.message}`,
    }),
    row({ name: 'full disk: batches lost', value: lost, unit: 'batches', goal: NONE, samples }),
    row({
      name: 'full disk: usable again',
      value: isIntact ? 1 : 0,
      unit: 'of 1',
      goal: { op: '=', value: 1 },
    }),
  ];
}

function costs(stores: Stores, { quick, log }: BenchOptions): BenchRow[] {
  log('Cost of writing and reading');
  const rates = insertRates(stores.open(), join(stores.folder(), 'plain.db'), quick ? 200 : 1_000);
  const cpu = cpuPerSample(stores.open(), quick ? 200 : 1_000, seededRandom(11));
  const weekSeries = quick ? 4 : 20;
  const week = stores.open();
  fillWeek(week, weekSeries, seededRandom(13));
  return [
    row({
      name: 'samples written, 100 a commit',
      value: Math.round(rates.storePerSecond),
      unit: '1/s',
      peer: { name: 'libsql, plain inserts', value: Math.round(rates.plainPerSecond) },
      note: `${(rates.storePerSecond / rates.plainPerSecond).toFixed(2)} of the peer, which keeps no series, shapes or rollups`,
    }),
    row({
      name: `processor at ${SAMPLES_PER_SECOND} samples/s`,
      value: Math.round(cpu.us * SAMPLES_PER_SECOND) / 10_000,
      unit: '% of a core',
      goal: { op: '<=', value: 1 },
      samples: cpu.samples,
    }),
    readRow(week, weekSeries, 'hour, first time', HOUR_MS),
    // 20 series in a tenth of a second.
    readRow(week, weekSeries, 'hour', HOUR_MS, 5),
    readRow(week, weekSeries, 'day', 24 * HOUR_MS, 5),
  ];
}

function readRow(week: Store, series: number, by: string, bucketMs: number, goalMs?: number): BenchRow {
  return row({
    name: `reading a week by ${by}`,
    value: Math.round(readWeek(week, series, bucketMs) * 10) / 10,
    unit: 'ms/series',
    ...(goalMs === undefined ? {} : { goal: { op: '<=', value: goalMs } as const }),
    samples: series,
  });
}

/** The same numbers in every run (Park and Miller, 1988). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
