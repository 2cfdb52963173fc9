import { extname, resolve } from 'node:path';
import { parse } from 'yaml';
import { RearguardError } from '../../../core/errors.ts';
import type { HttpTarget } from '../../../config/targets.ts';
import type { PlanContext } from '../scenario/make-plan.ts';
import { importAccessLog } from './access-log/import.ts';
import { importHar, isHar } from './har.ts';
import { importHealth } from './health.ts';
import type { Imported } from './imported.ts';
import { importOpenApi } from './openapi.ts';
import { importPostman, isPostman } from './postman.ts';

export const IMPORT_KINDS = ['access-log', 'har', 'postman', 'openapi', 'health'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

export interface ImportOptions {
  unsafe: boolean;
  replay: boolean;
  /** Of an access log: the busiest span of so much of it. */
  windowMs?: number | undefined;
  /** Of a HAR file: files of its pages, too. */
  assets: boolean;
}

/** A recording of a page with everything in it is large. */
const MAX_JSON_BYTES = 256 * 1_024 * 1_024;

/**
 * What `source` is: the words `openapi` and `health`, or a file by what is in it; undefined for a scenario as people write it.
 * Throws E_FILE_UNREADABLE.
 */
export async function detectImport(
  ctx: Pick<PlanContext, 'files' | 'directory' | 'signal'>,
  source: string,
): Promise<ImportKind | undefined> {
  const path = resolve(ctx.directory, source);
  if ((source === 'openapi' || source === 'health') && !(await ctx.files.exists(path))) return source;
  const extension = extname(source).toLowerCase();
  if (/^\.[cm]?[jt]s$/.test(extension)) return undefined;
  if (extension === '.har') return 'har';
  if (extension === '.yaml' || extension === '.yml' || extension === '.json') {
    return kindOf(await documentOf(ctx, path));
  }
  return 'access-log';
}

export async function importFrom(
  ctx: PlanContext,
  source: string,
  kind: ImportKind,
  target: HttpTarget,
  options: ImportOptions,
): Promise<Imported> {
  const path = resolve(ctx.directory, source);
  switch (kind) {
    case 'health':
      return importHealth(ctx, target);
    case 'openapi':
      return importOpenApi(ctx, target, openApiSource(source, path, target), options);
    case 'har':
      return importHar(path, await documentOf(ctx, path), { target, assets: options.assets });
    case 'postman':
      return importPostman(path, await documentOf(ctx, path), target.name);
    case 'access-log':
    default:
      return importAccessLog(ctx, path, {
        target: target.name,
        replay: options.replay,
        windowMs: options.windowMs,
      });
  }
}

function openApiSource(source: string, path: string, target: HttpTarget): string {
  if (source !== 'openapi') return path;
  if (target.openapi !== undefined) return target.openapi;
  throw new RearguardError('E_IMPORT', {
    path: `the target ${target.name}`,
    reason: 'the config names no OpenAPI document of it',
    hint: 'Set `openapi` of the target.',
  });
}

function kindOf(document: unknown): ImportKind | undefined {
  if (isHar(document)) return 'har';
  if (isPostman(document)) return 'postman';
  return typeof (Object(document) as { openapi?: unknown }).openapi === 'string' ? 'openapi' : undefined;
}

/** undefined where it can be read as neither; whoever reads it then says what is wrong. */
async function documentOf(ctx: Pick<PlanContext, 'files'>, path: string): Promise<unknown> {
  const text = await ctx.files.readText(path, MAX_JSON_BYTES);
  try {
    return extname(path).toLowerCase().startsWith('.y') ? parse(text) : JSON.parse(text);
  } catch {
    return undefined;
  }
}
