import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Feeder } from '../../../src/core/load/plan.ts';
import { packFeeder } from '../../../src/platform/load/session/feeder-file.ts';
import { readFeeder } from '../../../src/platform/load/session/feeder.ts';
import { workerEntry } from '../../../src/platform/worker-entry.ts';

/** What is measured in a process of its own: `node feeder-subject.js '{"rows":100000,...}'`. */
export interface FeederTrial {
  rows: number;
  /** Over all workers; each reads the whole row that is its own. */
  sessions: number;
  workers: number;
  /** `shared`: as the load generator does it. `copied`: rows as objects in each worker, the way other tools hold them. */
  form: 'shared' | 'copied';
}

export interface FeederMeasure {
  residentBytes: number;
  /** Rows that were read by exactly one session. */
  readOnce: number;
}

type Rows = readonly (readonly string[])[];

interface Share {
  trial: FeederTrial;
  worker: number;
  held: Feeder | Rows;
}

const FIELDS = ['id', 'email', 'token', 'note'];

function* generated(rows: number): Generator<string[]> {
  for (let row = 0; row < rows; row += 1) {
    yield [String(row), `customer-${row}@shop.test`, String(row).padStart(64, 'f'), `${row} `.repeat(30)];
  }
}

async function measure(trial: FeederTrial): Promise<FeederMeasure> {
  let held: Feeder | Rows | null =
    trial.form === 'shared'
      ? await packFeeder('customers', FIELDS, generated(trial.rows), 'shuffled')
      : [...generated(trial.rows)];
  const threads = Array.from(
    { length: trial.workers },
    (_, worker) =>
      new Worker(workerEntry(import.meta.url, './feeder-subject'), { workerData: { trial, worker, held } }),
  );
  // The rows of other tools are in their workers only.
  held = null;
  const read = await Promise.all(
    threads.map(async (thread) => (await once(thread, 'message'))[0] as Uint32Array),
  );
  globalThis.gc?.();
  const residentBytes = process.memoryUsage.rss();
  const times = new Uint8Array(trial.rows);
  for (const row of read.flatMap((rows) => [...rows])) times[row]! += 1;
  await Promise.all(threads.map((thread) => thread.terminate()));
  return { residentBytes, readOnce: times.filter((count) => count === 1).length };
}

/** Rows that the sessions of this worker have got. */
function readShare({ trial: { sessions, workers }, worker, held }: Share): Uint32Array {
  const rowOf = 'bytes' in held ? sharedRow(held) : (number: number) => held[number % held.length]!;
  const read: number[] = [];
  for (let number = worker; number < sessions; number += workers) {
    const [id, ...others] = rowOf(number);
    if (others.some((value) => value === '')) throw new Error(`row ${id} is not whole`);
    read.push(Number(id));
  }
  return Uint32Array.from(read);
}

function sharedRow(feeder: Feeder): (number: number) => string[] {
  const reader = readFeeder(feeder, { index: 0, seed: 1, users: 0 });
  return (number) => feeder.fields.map((_, field) => reader.value({ number, iteration: 0 }, field));
}

if (isMainThread) {
  process.send?.(await measure(JSON.parse(process.argv[2] ?? '') as FeederTrial));
} else {
  const share = workerData as Share;
  const read = readShare(share);
  globalThis.gc?.();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(read);
  // Stays, with what it holds, until its memory has been looked at.
  setInterval(() => share.worker, 60_000);
}
