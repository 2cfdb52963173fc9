import { isAbsolute, resolve } from 'node:path';
import { RearguardError, reasonOf } from '../../../core/errors.ts';
import { baselineText, type LoadBaseline, readBaseline } from '../analyze/compare/baseline.ts';
import { TOOL } from '../rules.ts';
import type { CommandContext } from '../../context.ts';

type BaselineWorld = Pick<CommandContext, 'directory' | 'files' | 'store'>;

const MAX_BASELINE_BYTES = 64 * 1024 * 1024;

/** `baseline.json` and `runs/before` are files, from the config's folder on; a bare word is a name in the store. */
export function isBaselineFile(where: string): boolean {
  return /[/\\]/.test(where) || /\.json$/i.test(where);
}

/** Keeps a run to compare later ones with. @returns the file that was written; null for a name in the store */
export async function saveBaseline(
  ctx: BaselineWorld,
  where: string,
  baseline: LoadBaseline,
): Promise<string | null> {
  const text = baselineText(baseline);
  if (!isBaselineFile(where)) {
    const data: unknown = JSON.parse(text);
    ctx.store.baselines.save({ tool: TOOL, name: where, savedAtMs: baseline.savedAtMs, data });
    return null;
  }
  const path = pathOf(ctx, where);
  await ctx.files.writeText(path, text);
  return path;
}

/** undefined when there is none yet. Throws E_IMPORT for a file that is something else. */
export async function loadBaseline(ctx: BaselineWorld, where: string): Promise<LoadBaseline | undefined> {
  const document = isBaselineFile(where)
    ? await readDocument(ctx, pathOf(ctx, where))
    : ctx.store.baselines.get(TOOL, where)?.data;
  if (document === undefined) return undefined;
  const baseline = readBaseline(document);
  if ('problem' in baseline) throw notABaseline(where, baseline.problem);
  return baseline;
}

async function readDocument(ctx: BaselineWorld, path: string): Promise<unknown> {
  if (!(await ctx.files.exists(path))) return undefined;
  const text = await ctx.files.readText(path, MAX_BASELINE_BYTES);
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw notABaseline(path, reasonOf(thrown));
  }
}

function pathOf({ directory }: BaselineWorld, where: string): string {
  return isAbsolute(where) ? where : resolve(directory, where);
}

function notABaseline(path: string, reason: string): RearguardError {
  return new RearguardError('E_IMPORT', {
    path,
    reason: `it is no baseline of the load-tester (${reason})`,
    hint: 'Baselines are written by `rearguard load run --save FILE`, or by before-after when the file is not there yet.',
  });
}
