const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  us: 0.001,
  ms: 1,
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A number of pg_settings in bytes or milliseconds: 16384 of `8kB` are 134217728. -1 and its like mean themselves. */
export function quantityOf(setting: string, unit: string | null): number | null {
  const value = Number(setting);
  if (Number.isNaN(value)) return null;
  if (unit === null || value < 0) return value;
  const parts = /^(\d*)([A-Za-z]+)$/.exec(unit);
  const size = UNITS[parts?.[2] ?? ''];
  return size === undefined ? value : value * size * Number(parts?.[1] || 1);
}
