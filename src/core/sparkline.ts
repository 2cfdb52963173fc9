const BARS = '▁▂▃▄▅▆▇█';

/** One character per value, scaled between the smallest and the largest; a flat line stays low, a gap (null) is a space. */
export function sparkline(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const low = Math.min(...known);
  const span = Math.max(...known) - low;
  return values
    .map((value) => {
      if (value === null) return ' ';
      const level = span === 0 ? 0 : Math.round(((value - low) / span) * (BARS.length - 1));
      return BARS.charAt(level);
    })
    .join('');
}
