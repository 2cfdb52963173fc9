import { join } from 'node:path';
import { RearguardError, reasonOf } from '../../../../core/errors.ts';
import { PACKAGE_FILES } from '../../../../project/packages/read.ts';
import type { CommandContext } from '../../../context.ts';
import { isComposeFile, sightInCompose } from '../../../../project/sightings/compose.ts';
import {
  isEnvironmentFile,
  readEnvironmentFile,
  sightInEnvironment,
} from '../../../../project/sightings/environment.ts';
import { sightInPackages } from '../../../../project/sightings/packages.ts';
import { type Sighting, sourceText } from '../../../../project/sightings/sighting.ts';
import { isSourceFile, isTestPath, sightInSource } from '../../../../project/sightings/source-code.ts';
import { findFiles, type FoundFile } from '../../../../project/walk.ts';

export const MAX_FILES = 5_000;
const MAX_FILE_BYTES = 1_000_000;

type Context = Pick<CommandContext, 'directory' | 'files' | 'progress' | 'signal'>;

export interface ProjectSightings {
  sightings: Sighting[];
  /** Where services of the compose files answer from outside, by the names they have inside. */
  services: ReadonlyMap<string, { host: string; port: number }>;
  filesRead: number;
  /** Files and why they were not read. */
  unread: string[];
}

/** Reads the files of a project that may speak of dependencies; bounded, and nothing but reading. */
export async function readProject(ctx: Context, maxFiles = MAX_FILES): Promise<ProjectSightings> {
  const { files, truncated } = await findFiles(ctx.files, ctx.directory, {
    wanted: isWanted,
    maxFiles,
    signal: ctx.signal,
  });
  const services = new Map<string, { host: string; port: number }>();
  const unread = truncated ? [`what lies behind the first ${maxFiles} files`] : [];
  const sightings: Sighting[] = [];
  let filesRead = 0;
  for (const [index, file] of inOrder(files).entries()) {
    ctx.signal.throwIfAborted();
    if (index % 100 === 0) ctx.progress(index, files.length, 'files');
    try {
      const text = await ctx.files.readText(join(ctx.directory, file.path), MAX_FILE_BYTES);
      sightings.push(...weakenTests(file, sightInFile(file, text, services)));
      filesRead += 1;
    } catch (thrown) {
      unread.push(sourceText(file.path, unreadReason(thrown)));
    }
  }
  return { sightings, services, filesRead, unread };
}

function isWanted(name: string): boolean {
  return isEnvironmentFile(name) || isComposeFile(name) || PACKAGE_FILES.includes(name) || isSourceFile(name);
}

/** What says most comes first: it gives a dependency its name and its address. */
function inOrder(files: readonly FoundFile[]): FoundFile[] {
  const rank = ({ name, path }: FoundFile): number => {
    const test = isTestPath(path) ? 10 : 0;
    if (isEnvironmentFile(name)) return test + (/example|sample|template|dist/.test(name) ? 1 : 0);
    if (isComposeFile(name)) return test + 2;
    if (name.endsWith('.md')) return test + 5;
    return test + (PACKAGE_FILES.includes(name) ? 4 : 3);
  };
  return files.toSorted((a, b) => rank(a) - rank(b));
}

function sightInFile(
  { path, name }: FoundFile,
  text: string,
  services: Map<string, { host: string; port: number }>,
): Sighting[] {
  if (isEnvironmentFile(name)) return sightInEnvironment(path, readEnvironmentFile(text));
  if (isComposeFile(name)) {
    const found = sightInCompose(path, text);
    for (const [service, place] of found.services) if (!services.has(service)) services.set(service, place);
    return found.sightings;
  }
  if (!PACKAGE_FILES.includes(name)) return sightInSource(path, text);
  const found = sightInPackages(path, name, text);
  if (found === null) throw new SyntaxError('it is not in its format');
  return found;
}

function weakenTests({ path }: FoundFile, sightings: Sighting[]): Sighting[] {
  return isTestPath(path) ? sightings.map((one) => ({ ...one, confidence: 'possible' })) : sightings;
}

/** A parser's message quotes the file, and what stands there may be a secret. */
function unreadReason(thrown: unknown): string {
  return thrown instanceof RearguardError ? reasonOf(thrown.cause ?? thrown) : 'it is not in its format';
}
