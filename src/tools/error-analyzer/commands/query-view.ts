import type { Block } from '../../../core/block.ts';
import type { QueryData } from './query.ts';

const MAX_POINTS = 60;

/** Counts by value, over time, then the newest records themselves. */
export function querySections(
  { by, shown, matched }: QueryData,
  parts: readonly (readonly [atMs: number, count: number])[],
  widthMs: number,
): Block[] {
  return [
    ...(by === null ? [] : [byTable(by, matched)]),
    ...(parts.length < 2
      ? []
      : [
          {
            kind: 'series' as const,
            title: 'Matching records over time',
            unit: 'records',
            lines: [{ name: 'records', points: pointsOf(parts, widthMs) }],
          },
        ]),
    ...shown.map(({ at, level, log, text }): Block => ({
      kind: 'text',
      title: `${at === null ? 'Without a time' : at.slice(0, 23).replace('T', ' ')} ${level} ${log}`,
      text,
      untrusted: true,
    })),
  ];
}

function byTable(
  { name, values, distinct, others, without }: NonNullable<QueryData['by']>,
  matched: number,
): Block {
  const row = (value: string, count: number): [string, number, number] => [
    value,
    count,
    Number(((100 * count) / Math.max(1, matched)).toPrecision(3)),
  ];
  return {
    kind: 'table',
    title: `By ${name}`,
    columns: [
      { header: name },
      { header: 'records', align: 'right' },
      { header: 'share', align: 'right', unit: '%' },
    ],
    rows: [
      ...values.map(({ value, count }) => row(value, count)),
      ...(without > 0 ? [row('(without it)', without)] : []),
      ...(others > 0 ? [row(`(others, ${distinct} values)`, others)] : []),
    ],
  };
}

/** Equal parts from the first to the last. */
function pointsOf(parts: readonly (readonly [number, number])[], widthMs: number): [number, number][] {
  const fromMs = parts[0]?.[0] ?? 0;
  const spanMs = (parts.at(-1)?.[0] ?? fromMs) + widthMs - fromMs;
  const points = Math.min(MAX_POINTS, Math.round(spanMs / widthMs));
  const counts = Array.from({ length: points }, () => 0);
  for (const [atMs, count] of parts) {
    const index = Math.min(points - 1, Math.floor(((atMs - fromMs) / spanMs) * points));
    counts[index] = (counts[index] ?? 0) + count;
  }
  return counts.map((count, index) => [fromMs + (index * spanMs) / points, count]);
}
