import { resolve } from 'node:path';
import { RearguardError } from '../../../core/errors.ts';
import { formatSize } from '../../../core/size.ts';
import type { Feeder } from '../../../core/load/plan.ts';
import type { FeederTable } from '../import/imported.ts';
import { feederRows } from './feeder-rows.ts';
import type { PlanContext } from './make-plan.ts';
import { packFeeder } from './pack-feeder.ts';
import type { FeederSettings, ScenarioDocument } from './schema.ts';

/** Offsets are 32 bits; every worker maps the same memory, so this is paid once. */
const MAX_BYTES = 512 * 1_024 * 1_024;
const MAX_ROWS = 10_000_000;
/** What `{{…}}` takes as a name. */
const FIELD = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;

export interface FeederPlaces {
  /** Relative paths are meant from here. */
  folder: string;
  /** Looked into for what is not there. */
  moreFolders: readonly string[];
  /** Of files that are not written yet. */
  tables: ReadonlyMap<string, FeederTable>;
}

/** Reads and packs the rows of every feeder. Throws E_SCENARIO_INVALID, E_FILE_UNREADABLE, E_FILE_TOO_LARGE. */
export async function loadFeeders(
  ctx: Pick<PlanContext, 'files' | 'signal'>,
  feeders: ScenarioDocument['feeders'],
  places: FeederPlaces,
): Promise<Feeder[]> {
  const loaded: Feeder[] = [];
  for (const [name, settings] of Object.entries(feeders)) {
    const path = settings.file === undefined ? `feeder ${name}` : await pathOf(ctx, settings.file, places);
    loaded.push(await loadFeeder(name, settings, path, rowsOf(ctx, settings, path, places.tables)));
  }
  assertOwnFields(loaded);
  return loaded;
}

async function pathOf(
  { files }: Pick<PlanContext, 'files'>,
  file: string,
  { folder, moreFolders }: FeederPlaces,
): Promise<string> {
  const own = resolve(folder, file);
  for (const path of [own, ...moreFolders.map((more) => resolve(more, file))]) {
    if (await files.exists(path)) return path;
  }
  return own;
}

async function loadFeeder(
  name: string,
  { as, order }: FeederSettings,
  path: string,
  source: AsyncIterable<readonly string[]>,
): Promise<Feeder> {
  const rows = source[Symbol.asyncIterator]();
  const head = await rows.next();
  const prefix = as === undefined ? '' : `${as}.`;
  const fields = head.done === true ? [] : head.value.map((field) => prefix + field.trim());
  const wrong = fields.find((field) => !FIELD.test(field));
  if (wrong !== undefined) {
    throw invalid(path, `"${wrong}" cannot be the name of a field; the first line names the fields`);
  }
  const packer = packFeeder(name, order, fields);
  for (let row = await rows.next(); row.done !== true; row = await rows.next()) {
    packer.add(row.value);
    if (packer.bytes <= MAX_BYTES && packer.rows <= MAX_ROWS) continue;
    throw new RearguardError('E_FILE_TOO_LARGE', {
      path,
      size: `more than ${packer.rows - 1} rows`,
      limit: `${MAX_ROWS} rows and ${formatSize(MAX_BYTES)}`,
    });
  }
  if (packer.rows === 0) throw invalid(path, 'it has no rows');
  return packer.done();
}

async function* rowsOf(
  ctx: Pick<PlanContext, 'files' | 'signal'>,
  settings: FeederSettings,
  path: string,
  tables: ReadonlyMap<string, FeederTable>,
): AsyncGenerator<readonly string[]> {
  const known = settings.file === undefined ? inlineTable(settings.rows ?? []) : tables.get(settings.file);
  if (known === undefined) yield* feederRows(ctx, path, settings);
  else {
    yield known.fields;
    yield* known.rows;
  }
}

function inlineTable(rows: NonNullable<FeederSettings['rows']>): FeederTable {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return { fields, rows: rows.map((row) => fields.map((field) => String(row[field] ?? ''))) };
}

/** Two feeders with a field of one name would hide each other. */
function assertOwnFields(feeders: readonly Feeder[]): void {
  const owners = new Map<string, string>();
  for (const { name, fields } of feeders) {
    for (const field of fields) {
      const owner = owners.get(field);
      if (owner !== undefined) {
        const place = owner === name ? 'twice' : `in the feeder ${owner}, too`;
        throw invalid(`feeder ${name}`, `its field ${field} is there ${place}; give one of them \`as\``);
      }
      owners.set(field, name);
    }
  }
}

function invalid(path: string, problems: string): RearguardError {
  return new RearguardError('E_SCENARIO_INVALID', { path, problems });
}
