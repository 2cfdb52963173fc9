import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { cut, frame } from '../../../src/platform/load/wire/http1/frame-fixture.ts';
import { RESPONSE_CORPUS } from '../../../src/platform/load/wire/http1/response-corpus-fixtures.ts';
import { type BenchOptions, type BenchRow, row } from '../bench.ts';

const SEED = 20_261_128;
/** Long cases are split at some places only: each split reads the whole of them. */
const LONG_BYTES = 5_000;
const LONG_STEP = 997;
/** What framing turns on, and bytes of no meaning. */
const TELLING = Buffer.from('\r\n\0 \t:;,0123456789aFxTc\xff', 'latin1');
const MAX_GROWTH_MIB = 8;

/** The parser of HTTP/1.1: every split of a corpus, and damaged responses, split at random, without end. */
export function http1ParserRows({ quick, log }: BenchOptions): Promise<BenchRow[]> {
  const splits = everySplit();
  log(`${splits.tried} splits`);
  const inputs = quick ? 100_000 : 1_000_000;
  const fuzz = fuzzed(inputs, log);
  return Promise.resolve([
    row({
      name: 'splits of a corpus that give another result',
      value: splits.wrong,
      unit: 'splits',
      goal: { op: '=', value: 0 },
      samples: splits.tried,
      note: `${RESPONSE_CORPUS.length} cases`,
    }),
    row({
      name: 'damaged responses whose result depends on where they were split',
      value: fuzz.different,
      unit: 'inputs',
      goal: { op: '=', value: 0 },
      samples: inputs,
      note: `seed ${SEED}; slowest input ${fuzz.slowestMs.toFixed(1)} ms`,
    }),
    row({
      name: 'memory that grows while they are read',
      value: Number(fuzz.growthMib.toFixed(1)),
      unit: 'MiB',
      goal: { op: '<=', value: MAX_GROWTH_MIB },
      samples: inputs,
      note: 'held after a collection, from a tenth of them to all',
    }),
  ]);
}

function everySplit(): { tried: number; wrong: number } {
  let tried = 0;
  let wrong = 0;
  for (const entry of RESPONSE_CORPUS) {
    const bytes = Buffer.from(entry.text, 'latin1');
    const expected = JSON.stringify(entry.expected);
    const step = bytes.length > LONG_BYTES ? LONG_STEP : 1;
    for (let first = 0; first <= bytes.length; first += step) {
      for (
        let second = first;
        second <= bytes.length;
        second += Math.max(step, Math.floor(bytes.length / 30))
      ) {
        const pieces = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
        tried += 1;
        if (JSON.stringify(frame(pieces, entry)) !== expected) wrong += 1;
      }
    }
  }
  return { tried, wrong };
}

function fuzzed(
  inputs: number,
  log: (line: string) => void,
): { different: number; slowestMs: number; growthMib: number } {
  const next = xorshift(SEED);
  const cases = RESPONSE_CORPUS.filter(({ text }) => text.length <= LONG_BYTES);
  let different = 0;
  let slowestMs = 0;
  let earlyBytes = 0;
  for (let input = 0; input < inputs; input += 1) {
    const entry = cases[next(cases.length)]!;
    const bytes = damaged(Buffer.from(entry.text, 'latin1'), next);
    const pieceSizes = Array.from({ length: 1 + next(4) }, () => 1 + next(60));
    const startMs = performance.now();
    const whole = JSON.stringify(frame([bytes], entry));
    if (JSON.stringify(frame(cut(bytes, pieceSizes), entry)) !== whole) different += 1;
    slowestMs = Math.max(slowestMs, performance.now() - startMs);
    if (input === Math.floor(inputs / 10)) earlyBytes = heldBytes();
    if (input % 100_000 === 0) log(`${input} inputs`);
  }
  return { different, slowestMs, growthMib: (heldBytes() - earlyBytes) / 2 ** 20 };
}

/** What is still held after all garbage is collected. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Some bytes replaced, left out, put in or repeated. */
function damaged(bytes: Buffer, next: (below: number) => number): Buffer {
  let result = bytes;
  for (let count = 1 + next(5); count > 0; count -= 1) {
    const at = next(result.length + 1);
    const to = Math.min(result.length, at + 1 + next(12));
    const byte = next(4) === 0 ? next(256) : TELLING[next(TELLING.length)]!;
    switch (next(4)) {
      case 0:
        result = Buffer.concat([result.subarray(0, at), result.subarray(to)]);
        break;
      case 1:
        result = Buffer.concat([result.subarray(0, at), Buffer.of(byte), result.subarray(at)]);
        break;
      case 2:
        result = Buffer.concat([result.subarray(0, to), result.subarray(at)]);
        break;
      default:
        result = Buffer.from(result);
        if (at < result.length) result[at] = byte;
    }
  }
  return result;
}

/** Whole numbers below a bound, the same for the same seed (Marsaglia 2003). */
function xorshift(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
