import type { CatalogColumn } from '../_shared/database/catalog.ts';

/**
 * A value that a column hardly holds, as text: where all that statistics know are common values, calls may still ask for
 * one that no row has, such as a status of failures. null where none can be thought of, or where the statistics know
 * rarer values themselves.
 */
export function absentValue({ type, statistics }: Pick<CatalogColumn, 'type' | 'statistics'>): string | null {
  if (statistics === null || statistics.histogram.length > 0) return null;
  const known = statistics.mostCommonValues;
  const [first] = known;
  if (first === undefined) return null;
  if (type.startsWith('bool')) return known.length === 1 ? (first.startsWith('t') ? 'f' : 't') : null;
  if (/^(text|character varying|character|varchar|bpchar|citext)\b/.test(type)) {
    return `${known.reduce((highest, value) => (value > highest ? value : highest))}~`;
  }
  if (!/^(smallint|integer|bigint|numeric)\b/.test(type)) return null;
  const highest = Math.max(...known.map(Number));
  return Number.isSafeInteger(Math.ceil(highest) + 1) ? String(Math.ceil(highest) + 1) : null;
}
