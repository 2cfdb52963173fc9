/** A server setting as it is in force for us. */
export interface Setting {
  name: string;
  /** As `SHOW` has it: `128MB`. */
  shown: string;
  /** In `unit`. */
  value: string;
  /** `8kB`, `ms`, …; null: none. */
  unit: string | null;
  /** Numbers in bytes or milliseconds, whichever the unit means; null for what is no number. */
  number: number | null;
  bootValue: string | null;
  /** `default`, `configuration file`, `database`, `user`, … */
  source: string;
  /** Changed in the file, in force only after a restart. */
  pendingRestart: boolean;
}

/** By name: those that differ from the default, and those that rules look at. */
export type Settings = ReadonlyMap<string, Setting>;
