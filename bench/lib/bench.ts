/** The form all benchmarks share: a benchmark yields rows, a row is one figure with its goal. */

export interface Goal {
  op: '<=' | '>=' | '=';
  value: number;
}

export interface BenchRow {
  name: string;
  /** null: could not be measured; `note` says why. */
  value: number | string | null;
  unit: string;
  goal?: Goal;
  /** Whether the goal is met; null when there is no goal, or nothing was measured. */
  ok: boolean | null;
  /** The same figure of what people use today, measured in the same run. */
  peer?: { name: string; value: number | string | null };
  /** How many observations stand behind the value. */
  samples?: number;
  note?: string;
}

export interface BenchOptions {
  /** A first look, in under a minute. */
  quick: boolean;
  /** Progress, for people; goes to stderr. */
  log: (line: string) => void;
}

export type Benchmark = {
  name: string;
  /** One sentence for the list. */
  summary: string;
  run(options: BenchOptions): Promise<BenchRow[]>;
};

export function defineBenchmark(benchmark: Benchmark): Benchmark {
  return benchmark;
}

/** Builds a row and judges it; a value that is null, or is text, meets no numeric goal and misses none. */
export function row(figure: Omit<BenchRow, 'ok'>): BenchRow {
  const { value, goal } = figure;
  const ok = goal === undefined || typeof value !== 'number' ? null : meets(value, goal);
  return { ...figure, ok };
}

/** A row for a figure that could not be taken: a peer that is not installed, data that is absent. */
export function notRun(name: string, unit: string, note: string, goal?: Goal): BenchRow {
  return { name, value: null, unit, ok: null, note, ...(goal === undefined ? {} : { goal }) };
}

function meets(value: number, goal: Goal): boolean {
  if (goal.op === '<=') return value <= goal.value;
  if (goal.op === '>=') return value >= goal.value;
  return value === goal.value;
}

/** Whether any goal was missed; what could not be run is not a miss. */
export function missedGoal(rows: readonly BenchRow[]): boolean {
  return rows.some((figure) => figure.ok === false);
}
