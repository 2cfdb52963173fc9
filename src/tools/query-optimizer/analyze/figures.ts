/** Figures in sentences. */

export function percentOf(share: number): string {
  const percent = 100 * share;
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`;
}

/** `1,250`, `0.4`: as many digits as mean something. */
export function figure(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(2)));
}

export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
