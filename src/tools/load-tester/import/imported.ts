import type { Coverage } from '../../../core/coverage.ts';
import type { ReplayTimes } from '../scenario/make-model.ts';
import type { ScenarioInput } from '../scenario/schema.ts';

/** What an import gives: a scenario as people could have written it, and the files that belong to it. */
export interface Imported {
  document: ScenarioInput;
  /** For people: `12 endpoints of the OpenAPI document of shop`. */
  source: string;
  notes: Coverage['notChecked'];
  /** Rows of the feeders whose `file` has this name. */
  tables: ReadonlyMap<string, FeederTable>;
  /** Of a model `replay`. */
  times?: ReplayTimes;
}

export interface FeederTable {
  fields: readonly string[];
  rows: readonly (readonly string[])[];
}

/** A name as the keys of a scenario may have it, not yet taken by another. */
export function freeName(wanted: string, taken: ReadonlySet<string> | ReadonlyMap<string, unknown>): string {
  const cleaned =
    wanted
      .replaceAll(/[^\w.-]+/g, '-')
      .replace(/^[^a-z0-9]+/i, '')
      .replace(/-+$/, '')
      .slice(0, 80) || 'other';
  let name = cleaned;
  for (let count = 2; taken.has(name); count += 1) name = `${cleaned}-${count}`;
  return name;
}
