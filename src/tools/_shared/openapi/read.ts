import { isAbsolute, join } from 'node:path';
import { parse } from 'yaml';
import { RearguardError, reasonOf } from '../../../core/errors.ts';
import type { HttpTarget } from '../../../config/targets.ts';
import type { CommandContext } from '../../context.ts';
import type { OpenApiDocument } from '../../../core/openapi/document.ts';

const MAX_BYTES = 20_000_000;
const TIMEOUT_MS = 10_000;

/** Reads a document from a URL, a path of the target's own origin (`/openapi.json` that is no file), or a file; JSON or YAML. */
export async function readOpenApi(
  ctx: Pick<CommandContext, 'http' | 'files' | 'directory' | 'signal'>,
  target: HttpTarget,
  source: string,
): Promise<OpenApiDocument> {
  return parseOpenApi(await readSource(ctx, target, source), source);
}

/** Throws E_UNREACHABLE for what is no OpenAPI 3 document; `source` names it in the message. */
export function parseOpenApi(text: string, source: string): OpenApiDocument {
  let document: unknown;
  try {
    // YAML 1.2 is a superset of JSON.
    document = parse(text);
  } catch (error) {
    throw unusable(source, `it is neither JSON nor YAML: ${reasonOf(error)}`);
  }
  const candidate = document as Partial<OpenApiDocument> | null;
  if (
    typeof candidate?.openapi !== 'string' ||
    !candidate.openapi.startsWith('3.') ||
    typeof candidate.paths !== 'object'
  ) {
    throw unusable(source, 'it is not an OpenAPI 3 document');
  }
  return candidate as OpenApiDocument;
}

/** Whether the target's headers say who we are. */
export function hasCredentials(target: HttpTarget): boolean {
  return Object.keys(target.headers).some((name) => /^(authorization|cookie|x-api-key)$/i.test(name));
}

async function readSource(
  ctx: Pick<CommandContext, 'http' | 'files' | 'directory' | 'signal'>,
  target: HttpTarget,
  source: string,
): Promise<string> {
  if (/^https?:\/\//.test(source)) return fetchDocument(ctx, target, source);
  const path = isAbsolute(source) ? source : join(ctx.directory, source);
  if (source.startsWith('/') && !(await ctx.files.exists(path)))
    return fetchDocument(ctx, target, target.baseUrl + source);
  return ctx.files.readText(path, MAX_BYTES);
}

function fetchDocument(
  ctx: Pick<CommandContext, 'http' | 'signal'>,
  target: HttpTarget,
  url: string,
): Promise<string> {
  // The target's credentials are for the target alone.
  const isOwn = new URL(url).origin === new URL(target.baseUrl).origin;
  return ctx.http.getText(url, {
    timeoutMs: TIMEOUT_MS,
    maxBytes: MAX_BYTES,
    signal: ctx.signal,
    ...(isOwn ? { headers: target.headers } : {}),
    ...(target.tls?.ca === undefined ? {} : { ca: target.tls.ca }),
  });
}

function unusable(source: string, reason: string): RearguardError {
  return new RearguardError('E_UNREACHABLE', {
    what: `the OpenAPI document ${source}`,
    reason,
    hint: 'Point the openapi setting of the target at a valid document.',
  });
}
