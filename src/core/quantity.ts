import type { Evidence } from './finding.ts';
import { formatSize } from './size.ts';
import { oneLine } from './text.ts';

/** What "not measured" looks like, in every format for people. */
export const NOT_MEASURED = '–';

/** Decimals that a number of this size deserves; ratios in percent keep three, since 99.9 and 99.95 differ. */
export function decimalsFor(value: number, unit?: string): number {
  const abs = Math.abs(value);
  const most = unit === '%' ? 3 : abs >= 100 ? 0 : abs >= 10 ? 1 : abs >= 0.01 || abs === 0 ? 2 : 4;
  const [, fraction = ''] = abs.toFixed(most).split('.');
  return fraction.replace(/0+$/, '').length;
}

/** `1 234.5` as `1,234.5`; a value that is not finite is not a measurement. */
export function formatNumber(value: number, unit?: string, decimals = decimalsFor(value, unit)): string {
  if (!Number.isFinite(value)) return NOT_MEASURED;
  const [whole = '', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const grouped = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole;
  const sign = value < 0 && Number(`${whole}.${fraction ?? 0}`) !== 0 ? '-' : '';
  return sign + grouped + (fraction === undefined ? '' : `.${fraction}`);
}

/** A number with its unit as people write it: `412 ms`, `99.95 %`, `1.2 MB`, `42`. */
export function formatQuantity(value: number, unit?: string): string {
  if (unit === 'By') return formatSize(value);
  const number = formatNumber(value, unit);
  return unit === undefined || unit === '' || unit === '1' ? number : `${number} ${oneLine(unit)}`;
}

/** One line per measurement: `p95: 412 ms (objective 200 ms)`. */
export function evidenceLines(evidence: readonly Evidence[]): string[] {
  return evidence.map((entry) => {
    const value = typeof entry.value === 'number' ? formatQuantity(entry.value, entry.unit) : withUnit(entry);
    return `${oneLine(entry.label)}: ${value}`;
  });
}

function withUnit(entry: Evidence): string {
  return oneLine(`${entry.value} ${entry.unit ?? ''}`);
}
