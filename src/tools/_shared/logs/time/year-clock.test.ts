import { describe, expect, it } from 'vitest';
import { createYearClock } from './year-clock.ts';

function years(modified: string, months: readonly number[]): number[] {
  const clock = createYearClock(Date.parse(modified));
  return months.map((month) => clock.yearOf(month));
}

describe('years of dates that name none', () => {
  it('are those before the last change of the file', () => {
    expect(years('2026-02-10', [11, 12, 1, 2])).toEqual([2025, 2025, 2026, 2026]);
  });

  it('go on with a file that is followed', () => {
    expect(years('2025-12-30', [12, 1, 2])).toEqual([2025, 2026, 2026]);
    expect(years('2026-03-31', [3, 4, 5])).toEqual([2026, 2026, 2026]);
  });

  it('do not change with lines out of order around a new year', () => {
    expect(years('2025-12-30', [12, 1, 12, 1, 1])).toEqual([2025, 2026, 2025, 2026, 2026]);
    expect(years('2026-03-31', [3, 2, 3, 1, 3])).toEqual([2026, 2026, 2026, 2026, 2026]);
  });

  it('go on in a later run as if there had been one', () => {
    const first = createYearClock(Date.parse('2025-12-30'));
    first.yearOf(12);
    first.yearOf(1);
    const second = createYearClock(Date.parse('2026-01-02'), first.state());
    expect([second.yearOf(12), second.yearOf(1)]).toEqual([2025, 2026]);
  });
});
