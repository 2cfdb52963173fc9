import { formatQuantity, NOT_MEASURED } from '../../core/quantity.ts';
import type { TargetFigure } from './facts.ts';
import { dayIn, figureIn, isSteady } from './steady.ts';
import { tableHead, tableRow, type WrittenRow, writtenRows } from './table.ts';
import { plain } from './words.ts';

export const TARGET_CELLS = { name: 0, goal: 1, measured: 2, verdict: 3, on: 4 } as const;
const HEAD = ['target', 'goal', 'measured', 'verdict', 'on'];
const VERDICTS = { met: 'met', missed: '**missed**' } as const;

/** Goals beside what was measured. `written` is the region as it stands in the file. */
export function targetsBody(targets: readonly TargetFigure[], written: string): string {
  const rows = writtenRows(written, TARGET_CELLS.name);
  return [...tableHead(HEAD), ...targets.map((target) => rowOf(target, rows.get(target.name)))].join('\n');
}

function rowOf({ name, goal, measured, measureWith }: TargetFigure, row: WrittenRow | undefined): string {
  const sameGoal = row?.cells[TARGET_CELLS.goal] === goal;
  const writtenOn = dayIn(row?.cells[TARGET_CELLS.on]);
  if (measured === null) {
    if (row !== undefined && sameGoal && writtenOn !== null) return tableRow(row.cells);
    return tableRow([name, goal, `not yet: \`${measureWith}\``, 'unknown', NOT_MEASURED]);
  }
  const verdict = measured.isMet ? VERDICTS.met : VERDICTS.missed;
  const distance = (value: number | null): number | null =>
    // Between 99.9 % and 99 % lies ten times the downtime.
    value !== null && name === 'Uptime' ? 100 - value : value;
  const steady =
    sameGoal &&
    isSteady({
      writtenOn,
      measuredOn: measured.measuredOn,
      figures: [[distance(figureIn(row?.cells[TARGET_CELLS.measured])), distance(measured.value)]],
      sameSide: row?.cells[TARGET_CELLS.verdict] === verdict,
    });
  if (steady && row !== undefined) return tableRow(row.cells);
  const note = measured.note === null ? '' : `: ${plain(measured.note, 100)}`;
  const figure = `${formatQuantity(measured.value, measured.unit)}${note}`;
  return tableRow([name, goal, figure, verdict, measured.measuredOn]);
}
