import { randomInteger, type RandomSource, seededRandom } from '../../../src/core/statistics/random.ts';
import { LOG_FORMATS } from '../../../src/tools/_shared/logs/formats/index.ts';
import { createRecordReader, type ReaderReport } from '../../../src/tools/_shared/logs/record-reader.ts';
import type { BenchPart } from '../bench.ts';
import { row } from '../bench.ts';
import { fuzzInput } from './fuzz-input.ts';

const QUICK_MS = 20_000;
const FULL_MS = 3_600_000;
/** An input of some hundred kilobytes that takes longer hangs, whatever else the machine does. */
const HANG_MS = 10_000;
const PROGRESS_MS = 60_000;

interface Reading {
  report: ReaderReport;
  /** Of all records: lengths and levels folded into one number, in order. */
  digest: number;
  error: string | null;
}

/** Damaged and hostile inputs of every format, in pieces of any size: no crash, no hang, each line counted, and the same records for every split. */
export const fuzzRows: BenchPart = async ({ quick, log }) => {
  const random = seededRandom(20_260_301);
  const endMs = performance.now() + (quick ? QUICK_MS : FULL_MS);
  let nextProgressMs = performance.now() + PROGRESS_MS;
  let inputs = 0;
  let bytes = 0;
  let crashes = 0;
  let miscounted = 0;
  let different = 0;
  let slowestMs = 0;
  const formats = new Set<string>();
  while (performance.now() < endMs) {
    const input = fuzzInput(random, LOG_FORMATS);
    const begunMs = performance.now();
    const whole = read(input, () => input.length, random);
    const split = read(input, () => 1 + randomInteger(random, 600), random);
    slowestMs = Math.max(slowestMs, performance.now() - begunMs);
    inputs += 1;
    bytes += input.length;
    const error = whole.error ?? split.error;
    if (error !== null) {
      crashes += 1;
      log(`crash: ${error}: ${JSON.stringify(input.toString('latin1').slice(0, 400))}`);
      continue;
    }
    if (whole.report.bytes !== input.length || whole.report.lines < newlines(input)) miscounted += 1;
    if (whole.digest !== split.digest || whole.report.records !== split.report.records) different += 1;
    if (whole.report.format !== null) formats.add(whole.report.format);
    if (performance.now() >= nextProgressMs) {
      log(`fuzz: ${inputs} inputs, ${crashes} crashes`);
      nextProgressMs += PROGRESS_MS;
    }
    // A signal that ends the benchmark is only seen between turns of the event loop.
    if (inputs % 64 === 0) await new Promise(setImmediate);
  }
  const note = `${(bytes / 1e6).toFixed(0)} MB, each read whole and in pieces of up to 600 bytes; ${formats.size} formats found in them`;
  return [
    row({
      name: 'Readers: damaged inputs that crash',
      value: crashes,
      unit: 'inputs',
      goal: { op: '=', value: 0 },
      samples: inputs,
      note,
    }),
    row({
      name: 'Readers: slowest damaged input',
      value: Math.round(slowestMs),
      unit: 'ms',
      goal: { op: '<=', value: HANG_MS },
      samples: inputs,
    }),
    row({
      name: 'Readers: damaged inputs with a byte or a line not counted',
      value: miscounted,
      unit: 'inputs',
      goal: { op: '=', value: 0 },
      samples: inputs,
    }),
    row({
      name: 'Readers: damaged inputs whose records depend on how they were split',
      value: different,
      unit: 'inputs',
      goal: { op: '=', value: 0 },
      samples: inputs,
    }),
  ];
};

function read(input: Buffer, pieceBytes: () => number, random: RandomSource): Reading {
  let digest = 0;
  const reader = createRecordReader({
    zoneOffsetMinutes: 0,
    modifiedMs: Date.UTC(2026, 2, 1),
    onRecord(view, format) {
      const length =
        view.raw.end -
        view.raw.start +
        3 * (view.message.end - view.message.start) +
        5 * (view.stack.end - view.stack.start);
      digest = (Math.imul(digest, 31) + length * 8 + view.level) | 0;
      // Fields are cold, and read what nothing else does.
      format.fields(view, (name, value) => {
        digest = (Math.imul(digest, 31) + name.length + value.length) | 0;
      });
    },
  });
  try {
    let at = 0;
    while (at < input.length) {
      const end = Math.min(input.length, at + pieceBytes());
      reader.push(input, at, end, at);
      at = end;
    }
    if (randomInteger(random, 2) === 0) reader.state();
    reader.end();
    return { report: reader.report(), digest, error: null };
  } catch (thrown) {
    return {
      report: reader.report(),
      digest,
      error: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
    };
  }
}

function newlines(input: Buffer): number {
  // What is UTF-16 has its line ends elsewhere.
  if (
    (input[0] === 0xff && input[1] === 0xfe) ||
    (input[0] === 0xfe && input[1] === 0xff) ||
    input[1] === 0 ||
    input[0] === 0
  )
    return 0;
  let count = 0;
  for (let at = input.indexOf(0x0a); at !== -1; at = input.indexOf(0x0a, at + 1)) count += 1;
  return count;
}
