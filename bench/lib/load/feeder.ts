import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { workerEntry } from '../../../src/platform/worker-entry.ts';
import type { BenchOptions, BenchRow } from '../bench.ts';
import { row } from '../bench.ts';
import type { FeederMeasure, FeederTrial } from './feeder-subject.ts';

const ROWS = 100_000;
const WORKERS = 4;

/**
 * What a feeder of 100,000 rows costs in memory with four workers and with one: resident memory of a process beside that of the
 * same process with a single row, so that threads and what reading leaves behind count in neither.
 */
export async function feederRows({ quick, log }: BenchOptions): Promise<BenchRow[]> {
  const rounds = quick ? 1 : 5;
  const ratios: Record<FeederTrial['form'], number[]> = { shared: [], copied: [] };
  let readOnce = ROWS;
  for (let round = 0; round < rounds; round += 1) {
    for (const form of ['shared', 'copied'] as const) {
      const one = await costOf(form, 1);
      const four = await costOf(form, WORKERS);
      ratios[form].push(four.bytes / one.bytes);
      if (form === 'shared') readOnce = Math.min(readOnce, one.readOnce, four.readOnce);
      log(`feeder, ${form}: ${mebibytes(one.bytes)} MiB with one worker, ${mebibytes(four.bytes)} with four`);
    }
  }
  return [
    row({
      name: 'feeder: memory of 100,000 rows with four workers, beside one worker',
      value: median(ratios.shared),
      unit: 'x',
      goal: { op: '<=', value: 1.3 },
      peer: { name: 'rows as objects in each worker', value: median(ratios.copied) },
      samples: rounds,
    }),
    row({
      name: 'feeder: shuffled rows that exactly one of 100,000 sessions got',
      value: readOnce,
      unit: 'rows',
      goal: { op: '=', value: ROWS },
      samples: rounds * 2,
    }),
  ];
}

async function costOf(
  form: FeederTrial['form'],
  workers: number,
): Promise<{ bytes: number; readOnce: number }> {
  const without = await measured({ form, workers, sessions: ROWS, rows: 1 });
  const withRows = await measured({ form, workers, sessions: ROWS, rows: ROWS });
  return { bytes: withRows.residentBytes - without.residentBytes, readOnce: withRows.readOnce };
}

async function measured(trial: FeederTrial): Promise<FeederMeasure> {
  const child = fork(
    fileURLToPath(workerEntry(import.meta.url, './feeder-subject')),
    [JSON.stringify(trial)],
    {
      execArgv: ['--expose-gc'],
    },
  );
  const [measure] = (await once(child, 'message')) as [FeederMeasure];
  if (child.connected) child.disconnect();
  if (child.exitCode === null) await once(child, 'exit');
  return measure;
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

function median(values: readonly number[]): number {
  return Number(values.toSorted((a, b) => a - b)[values.length >> 1]!.toFixed(2));
}
