/**
 * The contract of the mergeable histogram; see histogram functions below.
 */
export interface Histogram {
  count: number;
  sum: number;
  min: number;
  max: number;
}
