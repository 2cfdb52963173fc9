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
  /** Folder with data that a benchmark may not bring along. */
  data?: string;
  /** Progress, for people; goes to stderr. */
  log: (line: string) => void;
}

export type BenchPart = (options: BenchOptions) => Promise<BenchRow[]>;

export type Benchmark = {
  name: string;
  /** One sentence for the list. */
  summary: string;
  run: BenchPart;
  /** What `--only` may name; run runs them all. */
  parts?: Readonly<Record<string, BenchPart>>;
};

export function defineBenchmark(benchmark: Benchmark): Benchmark {
  return benchmark;
}

/** A benchmark of parts that can also be run alone, with what each of them needs done before. */
export function benchmarkOfParts(
  benchmark: Omit<Benchmark, 'run'> & { parts: Readonly<Record<string, BenchPart>> },
  prepare: () => void = () => undefined,
): Benchmark {
  const prepared: [string, BenchPart][] = Object.entries(benchmark.parts).map(([name, part]) => [
    name,
    (options) => {
      prepare();
      options.log(`part ${name}`);
      return part(options);
    },
  ]);
  return {
    ...benchmark,
    parts: Object.fromEntries(prepared),
    async run(options) {
      const rows: BenchRow[] = [];
      for (const [, part] of prepared) rows.push(...(await part(options)));
      return rows;
    },
  };
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
