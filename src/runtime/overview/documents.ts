import { isAbsolute, relative, resolve } from 'node:path';
import type { HttpTarget } from '../../config/targets.ts';
import { RearguardError } from '../../core/errors.ts';
import type { OpenApiDocument } from '../../core/openapi/document.ts';
import { parseOpenApi, readOpenApi } from '../../tools/_shared/openapi/read.ts';
import type { World } from '../world.ts';

const GIT_TIMEOUT_MS = 10_000;
const MAX_BYTES = 20_000_000;

interface Place {
  world: World;
  /** Of the config; relative paths in it are meant from here. */
  directory: string;
  /** Where the command was called. */
  cwd: string;
  signal: AbortSignal;
}

/** The new version: a file, a URL of a target, or what the first target that names a document says. */
export async function readAfter(
  place: Place,
  source: string | undefined,
): Promise<{ document: OpenApiDocument; name: string; file: string | null }> {
  const { world, directory, cwd, signal } = place;
  const targets = world.resolved.targets.filter((target): target is HttpTarget => target.kind === 'http');
  if (source !== undefined && !/^https?:\/\//.test(source)) {
    const file = resolve(cwd, source);
    return {
      document: parseOpenApi(await world.files.readText(file, MAX_BYTES), source),
      name: source,
      file,
    };
  }
  const owner =
    source === undefined
      ? targets.find(({ openapi }) => openapi !== undefined)
      : targets.find(({ baseUrl }) => new URL(baseUrl).origin === new URL(source).origin);
  const name = source ?? owner?.openapi;
  if (owner === undefined || name === undefined) {
    throw new RearguardError('E_USAGE', {
      message: 'No target of the config has an OpenAPI document.',
      hint: 'Name the new one: --after openapi.json.',
    });
  }
  const file = resolve(directory, name);
  const isFile = !/^https?:\/\//.test(name) && (await world.files.exists(file));
  const context = { http: world.http, files: world.files, directory, signal };
  return { document: await readOpenApi(context, owner, name), name, file: isFile ? file : null };
}

/** The old version: a file, or `git:<revision>` for what the new one's file was there. */
export async function readBefore(
  { world, directory, cwd, signal }: Place,
  source: string,
  after: { file: string | null },
): Promise<{ document: OpenApiDocument; name: string }> {
  const revision = /^git:(.+)$/.exec(source)?.[1];
  if (revision === undefined) {
    const text = await world.files.readText(resolve(cwd, source), MAX_BYTES);
    return { document: parseOpenApi(text, source), name: source };
  }
  if (after.file === null || isAbsolute(relative(directory, after.file))) {
    throw new RearguardError('E_USAGE', {
      message: 'The new document is no file, so git has no older version of it.',
      hint: 'Name a file with the old one: --before old-openapi.json.',
    });
  }
  const path = relative(directory, after.file).replaceAll('\\', '/');
  // A revision that looks like an option would be one.
  const argv = ['git', 'show', '--end-of-options', `${revision}:./${path}`];
  const { exitCode, stdout, stderr, truncated } = await world.processes.run(argv, {
    cwd: directory,
    timeoutMs: GIT_TIMEOUT_MS,
    maxOutputBytes: MAX_BYTES,
    signal,
  });
  const name = `${path} at ${revision}`;
  if (exitCode !== 0 || truncated) {
    throw new RearguardError('E_USAGE', {
      message: `git has no ${name}: ${stderr.trim().split('\n')[0] ?? ''}`,
      hint: 'Name a file with the old document: --before old-openapi.json.',
    });
  }
  return { document: parseOpenApi(stdout, name), name };
}
