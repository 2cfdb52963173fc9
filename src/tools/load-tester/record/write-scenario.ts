import { basename, dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { RearguardError } from '../../../core/errors.ts';
import type { FeederTable, Imported } from '../import/imported.ts';
import { ARRIVALS_FILE } from '../import/access-log/import.ts';
import type { ScenarioInput } from '../scenario/schema.ts';
import type { PlanContext } from '../scenario/make-plan.ts';

/**
 * Writes a scenario and the files that belong to it, into a folder beside it. Each is written whole or not at all; what is there is
 * only replaced with `force`. Returns the paths. Throws E_USAGE, E_OUTPUT_WRITE.
 */
export async function writeScenario(
  ctx: Pick<PlanContext, 'files'>,
  path: string,
  imported: Pick<Imported, 'document' | 'source' | 'tables' | 'times'>,
  { force }: { force: boolean },
): Promise<string[]> {
  const folder = basename(path).replace(/\.(?:ya?ml|json)$/i, '');
  const document = inFolder(imported.document, folder, imported.tables);
  const names = Object.keys(document.scenarios ?? {});
  const files = new Map<string, string>();
  for (const [name, table] of imported.tables) files.set(join(dirname(path), folder, name), csvOf(table));
  if (imported.times !== undefined) {
    const { atMs, scenario } = imported.times;
    const rows = Array.from(atMs, (time, index) => [String(round(time)), names[scenario[index] ?? 0] ?? '']);
    files.set(join(dirname(path), folder, ARRIVALS_FILE), csvOf({ fields: ['at_ms', 'scenario'], rows }));
  }
  // Last, so that a scenario whose files are missing is never there.
  files.set(path, textOf(path, document, imported.source));
  for (const file of files.keys()) await assertFree(ctx, file, force);
  for (const [file, text] of files) await ctx.files.writeText(file, text);
  return [...files.keys()];
}

/** Before a recording begins, so that nobody records for nothing. Throws E_USAGE. */
export async function assertFree(
  ctx: Pick<PlanContext, 'files'>,
  path: string,
  force: boolean,
): Promise<void> {
  if (force || !(await ctx.files.exists(path))) return;
  throw new RearguardError('E_USAGE', {
    message: `${path} is there already.`,
    hint: 'Give another --save, or --force to replace it.',
  });
}

function inFolder(document: ScenarioInput, folder: string, tables: Imported['tables']): ScenarioInput {
  const { model, feeders = {}, ...rest } = document;
  const placed = Object.entries(feeders).map(([name, feeder]) => {
    const isOurs = feeder.file !== undefined && tables.has(feeder.file);
    return [name, isOurs ? { ...feeder, file: `${folder}/${feeder.file}` } : feeder] as const;
  });
  return {
    ...rest,
    ...(model === undefined
      ? {}
      : { model: model.kind === 'replay' ? { ...model, file: `${folder}/${model.file}` } : model }),
    ...(placed.length === 0 ? {} : { feeders: Object.fromEntries(placed) }),
  };
}

function textOf(path: string, document: ScenarioInput, source: string): string {
  if (path.toLowerCase().endsWith('.json')) return `${JSON.stringify(document, null, 2)}\n`;
  const comment = `# Made from ${source.replaceAll(/[\r\n]+/g, ' ')}\n`;
  return `${comment}${stringify(document, { lineWidth: 120 })}`;
}

function csvOf({ fields, rows }: FeederTable): string {
  return [fields, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');
}

/** RFC 4180, section 2. */
function cell(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function round(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
