import { createHistogram } from 'node:perf_hooks';
import {
  createLatencyHistogram,
  type LatencyHistogram,
  latencyQuantile,
  mergeSparse,
  recordLatency,
  toSparse,
} from '../../../src/core/load/latency-histogram.ts';
import { type RandomSource, randomNormal, seededRandom } from '../../../src/core/statistics/random.ts';
import type { BenchOptions, BenchRow } from '../bench.ts';
import { row } from '../bench.ts';

/** Milliseconds, each kind of them; all within what a histogram tells apart (4 microseconds to 268 s). */
const DISTRIBUTIONS: readonly { name: string; draw: (random: RandomSource) => number }[] = [
  { name: 'lognormal', draw: (random) => Math.exp(0.8 * randomNormal(random)) },
  { name: 'exponential', draw: (random) => 0.004 - 20 * Math.log(1 - random()) },
  { name: 'Pareto', draw: (random) => Math.min(200_000, 0.5 / (1 - random()) ** 0.6) },
  { name: 'two modes', draw: (random) => (random() < 0.95 ? 0.2 + random() * 0.1 : 900 + random() * 200) },
  { name: 'log-uniform', draw: (random) => Math.exp(Math.log(0.004) + Math.log(6.7e7) * random()) },
];
const QUANTILES = [0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];
const WORKERS = 16;

/** Merges, percentiles beside the sorted truth, and what a record costs. */
export async function histogramRows({ quick, log }: BenchOptions): Promise<BenchRow[]> {
  const count = quick ? 100_000 : 1_000_000;
  let [unequal, worst, worstAt] = [0, 0, ''];
  for (const [index, { name, draw }] of DISTRIBUTIONS.entries()) {
    log(`${count} values: ${name}`);
    const random = seededRandom(index + 1);
    const values = Float64Array.from({ length: count }, () => draw(random));
    const whole = toSparse(histogramOf(values));
    const merged = mergeSparse(shuffledParts(values, random).map((part) => toSparse(histogramOf(part))));
    if (JSON.stringify(merged) !== JSON.stringify(whole)) unequal += 1;
    const sorted = values.toSorted();
    for (const q of QUANTILES) {
      const truth = sorted[Math.max(0, Math.ceil(q * count) - 1)]!;
      const error = Math.abs(latencyQuantile(whole, q)! - truth) / truth;
      if (error > worst) [worst, worstAt] = [error, `${name}, q ${q}`];
    }
  }
  const cost = recordCosts(quick ? 3 : 7, log);
  return [
    row({
      name: `histogram: distributions whose merge of ${WORKERS} random parts differs from the whole in any bit`,
      value: unequal,
      unit: 'of 5',
      goal: { op: '=', value: 0 },
      samples: count * DISTRIBUTIONS.length,
    }),
    row({
      name: 'histogram: worst percentile beside the sorted truth',
      value: round(worst * 100, 3),
      unit: '%',
      goal: { op: '<=', value: 0.8 },
      samples: DISTRIBUTIONS.length * QUANTILES.length,
      note: worstAt,
    }),
    row({
      name: 'histogram: processor time of a record',
      value: round(cost.ours, 1),
      unit: 'ns',
      goal: { op: '<=', value: 20 },
      peer: { name: "node's createHistogram", value: round(cost.node, 1) },
      samples: RECORDS,
      note: 'median of rounds in turn; the loop around it included in both',
    }),
  ];
}

function histogramOf(values: Iterable<number>): LatencyHistogram {
  const histogram = createLatencyHistogram();
  for (const value of values) recordLatency(histogram, value);
  return histogram;
}

function shuffledParts(values: Float64Array, random: RandomSource): number[][] {
  const parts: number[][] = Array.from({ length: WORKERS }, () => []);
  for (const value of values) parts[Math.floor(random() * WORKERS)]!.push(value);
  return parts.sort(() => random() - 0.5);
}

const RECORDS = 4_000_000;

/** Nanoseconds of processor time, so that what else runs on the machine counts little. */
function recordCosts(rounds: number, log: (line: string) => void): { ours: number; node: number } {
  const random = seededRandom(9);
  const values = Float64Array.from({ length: 65_536 }, () => Math.exp(randomNormal(random)));
  // Node's takes whole numbers: microseconds, as its users give it.
  const microseconds = values.map((ms) => Math.max(1, Math.round(ms * 1000)));
  const own = createLatencyHistogram();
  const nodes = createHistogram();
  const costs: { ours: number[]; node: number[] } = { ours: [], node: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const ours = nanoseconds(() => {
      for (let index = 0; index < RECORDS; index += 1) recordLatency(own, values[index & 65_535]!);
    });
    const node = nanoseconds(() => {
      for (let index = 0; index < RECORDS; index += 1) nodes.record(microseconds[index & 65_535]!);
    });
    // The first round is the compiler's.
    if (round === 0) continue;
    costs.ours.push(ours);
    costs.node.push(node);
    log(`record: ${ours.toFixed(1)} ns, node's ${node.toFixed(1)} ns`);
  }
  return { ours: median(costs.ours), node: median(costs.node) };
}

function nanoseconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / RECORDS;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
