/** Sessions of one worker in the order of their intended times. */
export interface Arrivals {
  /** Milliseconds since the start of the run; Infinity when there are no more. */
  readonly atMs: number;
  /** Number of the arrival over all workers: arrival i belongs to worker i mod workers. */
  readonly number: number;
  /** Scenario of a replayed arrival; -1: by weight. */
  readonly scenario: number;
  advance(): void;
}
