import { median } from '../../../src/core/statistics/summary.ts';
import { installed } from '../../../src/platform/test-support/debian-program.ts';
import { type BenchOptions, type BenchRow, notRun, row } from '../bench.ts';
import type { EngineMeasure, MemoryReading } from './engine-subject.ts';
import { measureEngine, planFor, startFixedServer } from './engine-trial.ts';

const MEBIBYTE = 1024 * 1024;
const GROWTH_GOAL = { op: '<=', value: 8 } as const;
const CONNECTION_GOAL = { op: '<=', value: 10 } as const;
/** Users of the second part before it counts, so that what the program itself needs is there. */
const FEW = 50;

/** What a worker's memory grows by with the number of requests, which should be nothing, and with that of connections. */
export async function memoryRows(options: BenchOptions): Promise<BenchRow[]> {
  if (!installed('nginx')) {
    return [
      notRun('memory: growth with requests', 'MiB', 'nginx is not installed', GROWTH_GOAL),
      notRun('memory: each open connection', 'KiB', 'nginx is not installed', CONNECTION_GOAL),
    ];
  }
  const server = await startFixedServer(16_384);
  try {
    return [await growth(server.port, options), await perConnection(server.port, options)];
  } finally {
    await server.stop();
  }
}

async function growth(port: number, { quick, log }: BenchOptions): Promise<BenchRow> {
  const [first, last] = quick ? [30_000, 300_000] : [300_000, 3_000_000];
  const model = {
    kind: 'iterations',
    users: 50,
    iterations: last,
    perUser: false,
    maxDurationMs: 3_600_000,
  } as const;
  const measure = await measureEngine({
    plan: planFor(port, model, { connections: 50 }),
    readMemoryEvery: first / 10,
  });
  const early = around(measure, first);
  const late = around(measure, last);
  log(`memory: ${toMebibytes(early)} MiB at ${first} requests, ${toMebibytes(late)} at ${last}`);
  return row({
    name: `memory: growth from ${first} to ${last} requests`,
    value: (late - early) / MEBIBYTE,
    unit: 'MiB',
    goal: GROWTH_GOAL,
    samples: measure.sent,
    note: `${toMebibytes(late)} MiB in all`,
  });
}

/** Median of the readings nearest to so many requests: a single one may stand before or after a collection. */
function around({ memory }: EngineMeasure, sent: number): number {
  const nearest = [...memory].sort((left, right) => Math.abs(left.sent - sent) - Math.abs(right.sent - sent));
  return median(nearest.slice(0, 5).map(({ residentBytes }) => residentBytes)) ?? Number.NaN;
}

async function perConnection(port: number, { quick, log }: BenchOptions): Promise<BenchRow> {
  const many = quick ? 2_000 : 8_000;
  const stages = [
    { from: FEW, to: FEW, durationMs: 4_000 },
    { from: many, to: many, durationMs: quick ? 8_000 : 20_000 },
  ];
  const think = { kind: 'uniform', fromMs: 1_000, toMs: 3_000 } as const;
  const measure = await measureEngine({
    plan: planFor(port, { kind: 'users', stages }, { connections: many, think }),
    readMemoryEvery: 1,
  });
  const before = memoryWith(measure, (connections) => connections === FEW);
  const after = memoryWith(measure, (connections) => connections >= many);
  log(`memory: ${measure.connectionsPeak} connections`);
  const name = `memory: each of ${many} open connections`;
  if (before === null || after === null) {
    const note = `only ${measure.connectionsPeak} connections were open`;
    return notRun(name, 'KiB', note, CONNECTION_GOAL);
  }
  return row({
    name,
    value: (after - before) / (many - FEW) / 1024,
    unit: 'KiB',
    goal: CONNECTION_GOAL,
    samples: many,
  });
}

function memoryWith({ memory }: EngineMeasure, wanted: (connections: number) => boolean): number | null {
  const last = memory.filter(({ connections }: MemoryReading) => wanted(connections)).slice(-5);
  return median(last.map(({ residentBytes }) => residentBytes));
}

function toMebibytes(bytes: number): string {
  return (bytes / MEBIBYTE).toFixed(1);
}
