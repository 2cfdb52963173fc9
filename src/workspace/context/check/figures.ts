import { counted } from '../../../core/counted.ts';
import type { DocumentLine } from '../../regions.ts';
import { daysBetween, dayIn } from '../steady.ts';
import type { Mismatch } from './mismatch.ts';

/** Figures that are too old to say how the backend is, or from a day that is still to come. */
export function figureMismatches(
  lines: readonly DocumentLine[],
  today: string,
  maxAgeDays: number,
): Mismatch[] {
  return lines.flatMap(({ line, content, region }) => {
    if ((region !== 'endpoints' && region !== 'targets') || !content.startsWith('| ')) return [];
    const cells = content.slice(2, -2).split(' | ');
    const day = dayIn(cells.at(-1));
    if (day === null) return [];
    const age = daysBetween(day, today);
    const what = (region === 'endpoints' ? cells[1] : cells[0]) ?? '';
    // Clocks of two machines may be on either side of midnight.
    if (age < -1) {
      const hint = 'Check the clocks, then run `rearguard workspace refresh`.';
      return [
        {
          line,
          kind: 'figure' as const,
          message: `${what} was measured on ${day}, which is still to come`,
          hint,
        },
      ];
    }
    if (age <= maxAgeDays) return [];
    return [
      {
        line,
        kind: 'figure' as const,
        message: `${what} was last measured on ${day}, ${counted(age, 'day')} ago`,
        hint: 'Measure again: `rearguard check`, or `rearguard serve` all the time.',
      },
    ];
  });
}
