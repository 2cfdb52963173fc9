import { seededRandom } from '../../../../src/core/statistics/random.ts';
import type { BenchRow } from '../../bench.ts';
import { row } from '../../bench.ts';
import { groupLines, shapeKeys } from './group-lines.ts';
import type { LabelledLog } from './labelled-logs.ts';
import { scoreGrouping } from './score.ts';

const SEED = 20_261_128;

/** What an order of lines or a restart changes. */
export function groupingStability(logs: readonly LabelledLog[]): BenchRow[] {
  let greatestChange = 0;
  let sameIds = 0;
  let sameGroups = 0;
  let secondHalves = 0;
  for (const { content, labels } of logs) {
    const whole = groupLines(content);
    const order = shuffled(content.length);
    const shuffledScore = scoreGrouping(
      groupLines(order.map((line) => content[line] as Buffer)),
      order.map((line) => labels[line] as string),
    );
    greatestChange = Math.max(greatestChange, Math.abs(shuffledScore.ga - scoreGrouping(whole, labels).ga));

    const half = Math.floor(content.length / 2);
    const alone = content.slice(half);
    const keys = shapeKeys(content).slice(half);
    sameIds += shapeKeys(alone).filter((key, line) => key === keys[line]).length;
    sameGroups += linesOfEqualGroups(groupLines(alone), whole.slice(half));
    secondHalves += alone.length;
  }
  return [
    row({
      name: 'shuffled lines: greatest change of GA',
      value: 100 * greatestChange,
      unit: '%',
      goal: { op: '<=', value: 0.5 },
      samples: logs.length,
    }),
    row({
      name: 'second half alone: lines of the same id',
      value: (100 * sameIds) / secondHalves,
      unit: '%',
      goal: { op: '=', value: 100 },
      samples: secondHalves,
    }),
    row({
      name: 'second half alone: lines grouped alike',
      value: (100 * sameGroups) / secondHalves,
      unit: '%',
      samples: secondHalves,
      note: 'merges need evidence; half of the lines have less of it',
    }),
  ];
}

/** Lines whose group has exactly the same lines in both. */
function linesOfEqualGroups(one: readonly string[], other: readonly string[]): number {
  return Math.round(scoreGrouping(one, other).ga * one.length);
}

function shuffled(length: number): number[] {
  const random = seededRandom(SEED);
  const order = Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last -= 1) {
    const pick = Math.floor(random() * (last + 1));
    [order[last], order[pick]] = [order[pick] as number, order[last] as number];
  }
  return order;
}
