/** Milliseconds as people write them: 3 significant digits at most. */
export function ms(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

/** A share of 1 as a percentage, 3 significant digits. */
export function percent(share: number): number {
  return Number((share * 100).toPrecision(3));
}
