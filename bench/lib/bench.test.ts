import { describe, expect, it } from 'vitest';
import { missedGoal, notRun, row } from './bench.ts';
import { renderTable } from './table.ts';

describe('row', () => {
  it.each([
    [{ op: '<=', value: 5 }, 5, true],
    [{ op: '<=', value: 5 }, 5.1, false],
    [{ op: '>=', value: 95 }, 94.9, false],
    [{ op: '=', value: 0 }, 0, true],
  ] as const)('judges %o against %d', (goal, value, ok) => {
    expect(row({ name: 'figure', value, unit: '', goal }).ok).toBe(ok);
  });

  it('does not judge what has no goal or was not measured', () => {
    expect(row({ name: 'figure', value: 5, unit: '' }).ok).toBeNull();
    const absent = notRun('figure', 'ms', 'the peer is not installed', { op: '<=', value: 1 });
    expect(absent.ok).toBeNull();
    expect(missedGoal([absent])).toBe(false);
  });
});

describe('renderTable', () => {
  it('fits 80 columns and says which goal was missed', () => {
    const text = renderTable([
      row({
        name: 'a figure with quite a long name that has to be wrapped over lines',
        value: 123.456,
        unit: 'ms',
        goal: { op: '<=', value: 100 },
        samples: 1_000,
        peer: { name: 'the other', value: null },
        note: 'a note of many words '.repeat(8).trim(),
      }),
    ]);
    expect(text).toContain('MISS');
    expect(text).toContain('the other: not run');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
