import { resolve } from 'node:path';
import { RearguardError } from '../../../core/errors.ts';
import { formatSize } from '../../../core/size.ts';
import type { Feeder } from '../../../core/load/plan.ts';
import { packFeeder } from '../../../platform/load/session/feeder-file.ts';
import type { FeederTable } from '../import/imported.ts';
import { feederRows } from './feeder-rows.ts';
import type { PlanContext } from './make-plan.ts';
import type { FeederSettings, ScenarioDocument } from './schema.ts';

/** Every worker maps the same memory, so this is paid once. */
const MAX_CHARACTERS = 512_000_000;
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
  return loaded;
}

/** A field by its own name, and by that of its feeder. */
export function fieldNames({ name, fields }: Feeder): string[] {
  return fields.flatMap((field) => [field, `${name}.${field}`]);
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
  { order }: FeederSettings,
  path: string,
  source: AsyncIterable<readonly string[]>,
): Promise<Feeder> {
  const rows = source[Symbol.asyncIterator]();
  const head = await rows.next();
  const fields = head.done === true ? [] : head.value.map((field) => field.trim());
  const wrong = fields.find((field) => !FIELD.test(field));
  if (wrong !== undefined) {
    throw invalid(path, `"${wrong}" cannot be the name of a field; the first line names the fields`);
  }
  return packFeeder(name, fields, withinLimits(path, rows), order);
}

async function* withinLimits(
  path: string,
  rows: AsyncIterator<readonly string[]>,
): AsyncGenerator<readonly string[]> {
  let count = 0;
  let characters = 0;
  for (let row = await rows.next(); row.done !== true; row = await rows.next()) {
    count += 1;
    for (const value of row.value) characters += value.length;
    if (count > MAX_ROWS || characters > MAX_CHARACTERS) {
      const limit = `${MAX_ROWS} rows and ${formatSize(MAX_CHARACTERS)}`;
      throw new RearguardError('E_FILE_TOO_LARGE', { path, size: `more than ${count - 1} rows`, limit });
    }
    yield row.value;
  }
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

function invalid(path: string, problems: string): RearguardError {
  return new RearguardError('E_SCENARIO_INVALID', { path, problems });
}
