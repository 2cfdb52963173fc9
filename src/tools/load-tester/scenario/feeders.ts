import type { Feeder } from '../../../core/load/plan.ts';
import type { FeederTable } from '../import/imported.ts';
import type { PlanContext } from './make-plan.ts';
import { packFeeder } from './pack-feeder.ts';
import type { FeederSettings, ScenarioDocument } from './schema.ts';

export interface FeederPlaces {
  /** Relative paths are meant from here. */
  folder: string;
  /** Of files that are not written yet. */
  tables: ReadonlyMap<string, FeederTable>;
}

export async function loadFeeders(
  _ctx: Pick<PlanContext, 'files'>,
  feeders: ScenarioDocument['feeders'],
  places: FeederPlaces,
): Promise<Feeder[]> {
  const packed: Feeder[] = [];
  for (const [name, settings] of Object.entries(feeders)) {
    const { fields, rows } = tableOf(settings, places);
    const prefix = settings.as === undefined ? '' : `${settings.as}.`;
    packed.push(
      packFeeder(
        name,
        settings.order,
        fields.map((field) => prefix + field),
        rows,
      ),
    );
  }
  return packed;
}

function tableOf({ file, rows = [] }: FeederSettings, { tables }: FeederPlaces): FeederTable {
  const known = file === undefined ? undefined : tables.get(file);
  if (known !== undefined) return known;
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return { fields, rows: rows.map((row) => fields.map((field) => String(row[field] ?? ''))) };
}
