import { performance } from 'node:perf_hooks';
import {
  mergeShapes,
  type MergeableShape,
} from '../../../../src/tools/error-analyzer/analyze/shape/merge/merge-shapes.ts';
import { createShapeTable } from '../../../../src/tools/error-analyzer/analyze/shape/table.ts';
import { median } from '../../../../src/core/statistics/summary.ts';
import { seededRandom } from '../../../../src/core/statistics/random.ts';
import type { BenchOptions, BenchRow } from '../../bench.ts';
import { row } from '../../bench.ts';
import { createDrain } from './drain.ts';
import { madeLog } from './made-log.ts';

const LINES = { quick: 100_000, full: 400_000 };
const ROUNDS = { quick: 3, full: 5 };
/** Drain is slow on words it never saw, so it gets fewer lines; speed is per line. */
const DRAIN_LINES = 40_000;

interface Mix {
  name: string;
  /** Share of lines with a word that never came before. */
  novel: number;
  goal: number;
}

const MIXES: readonly Mix[] = [
  { name: 'known words', novel: 0, goal: 1_000_000 },
  { name: '1 % of lines with a new word', novel: 0.01, goal: 700_000 },
  { name: '10 % of lines with a new word', novel: 0.1, goal: 500_000 },
];

/** Lines per second of processor time of tier 1, beside Drain on the same lines, in alternating rounds; and the cost of a merge at the end. */
export async function shapeSpeedRows({ quick, log }: BenchOptions): Promise<BenchRow[]> {
  const lines = quick ? LINES.quick : LINES.full;
  const rounds = quick ? ROUNDS.quick : ROUNDS.full;
  return [
    ...MIXES.map((mix) => {
      log(`  ${mix.name}`);
      return mixRow(mix, lines, rounds);
    }),
    mergeRow(quick ? 10_000 : 50_000),
  ];
}

function mixRow({ name, novel, goal }: Mix, count: number, rounds: number): BenchRow {
  const lines = linesWith(count, novel);
  const texts = lines.slice(0, DRAIN_LINES).map((line) => line.toString('latin1'));
  const ours: number[] = [];
  const drains: number[] = [];
  // The first round warms the engine up.
  for (let round = 0; round <= rounds; round += 1) {
    const table = createShapeTable({ capacity: 50_000 });
    const our = perSecond(lines, (line) => table.indexOf(line, 0, line.length));
    const drain = perSecond(texts, createDrain());
    if (round === 0) continue;
    ours.push(our);
    drains.push(drain);
  }
  return row({
    name: `tier 1, ${name}`,
    value: Math.round(median(ours) ?? Number.NaN),
    unit: 'lines/s',
    goal: { op: '>=', value: goal },
    peer: { name: 'Drain', value: Math.round(median(drains) ?? Number.NaN) },
    samples: rounds,
  });
}

/** Of processor time, which neighbours on the machine do not take away. */
function perSecond<Line>(lines: readonly Line[], group: (line: Line) => number): number {
  const before = process.cpuUsage();
  for (const line of lines) group(line);
  const { user, system } = process.cpuUsage(before);
  return (1e6 * lines.length) / (user + system);
}

/** The made log again and again with other digits; new words are of letters only, so that nothing but counting can tell that they vary. */
function linesWith(count: number, novel: number): Buffer[] {
  const random = seededRandom(11);
  const { content } = madeLog();
  return Array.from({ length: count }, (_, index) => {
    const text = (content[index % content.length] as Buffer)
      .toString('latin1')
      .replaceAll(/\d/g, () => String(Math.floor(10 * random())));
    return Buffer.from(random() < novel ? `${text} by ${newWord(index)}` : text);
  });
}

function newWord(index: number): string {
  return `w${index.toString(8)}`.replaceAll(/\d/g, (digit) => 'abcdefgh'.charAt(Number(digit)));
}

function mergeRow(count: number): BenchRow {
  const table = createShapeTable({ capacity: count });
  for (const line of linesWith(count * 2, 1)) table.indexOf(line, 0, line.length);
  const shapes: MergeableShape[] = [];
  for (let index = 1; index < table.size; index += 1) shapes.push(table.shape(index));
  const from = performance.now();
  const edges = mergeShapes(shapes, []);
  return row({
    name: `tier 2, ${shapes.length} shapes`,
    value: performance.now() - from,
    unit: 'ms',
    note: `${edges.length} merged`,
  });
}
