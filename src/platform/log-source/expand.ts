import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, parse, resolve, sep } from 'node:path';
import { isLogFolderName, isLogName } from './log-names.ts';
import type { LogSet } from './log-set.ts';
import { looksLikeLog } from './looks-like-log.ts';
import { rotationNameOf } from './rotation-name.ts';

export interface Expansion {
  sets: LogSet[];
  failures: { path: string; reason: string }[];
}

/** Deeper than any tree of logs; ends loops that links make. */
const DEPTH_AT_MOST = 12;
const FILES_AT_MOST = 10_000;

/** The sets of files that a path names: a file, a folder, or a pattern with `*`, `?` and `**`. */
export async function expandPath(path: string): Promise<Expansion> {
  const failures: Expansion['failures'] = [];
  const absolute = resolve(path);
  const found: string[] = [];
  const stats = await stat(absolute).catch((thrown: NodeJS.ErrnoException) => thrown);
  if (!(stats instanceof Error)) {
    if (stats.isDirectory()) await logsBelow(absolute, 0, found, failures);
    else found.push(absolute);
  } else if (/[*?]/.test(path)) {
    await matches(absolute, found, failures);
    if (found.length === 0) failures.push({ path: absolute, reason: 'no file has such a name' });
  } else failures.push({ path: absolute, reason: reasonOfStat(stats) });

  if (found.length >= FILES_AT_MOST) {
    failures.push({ path: absolute, reason: `only the first ${FILES_AT_MOST} files are read` });
  }
  return { sets: await setsOf(found, !(stats instanceof Error) && stats.isDirectory()), failures };
}

function reasonOfStat({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES') return 'it may not be read';
  return message;
}

async function logsBelow(
  folder: string,
  depth: number,
  found: string[],
  failures: Expansion['failures'],
): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(
    (thrown: NodeJS.ErrnoException) => thrown,
  );
  if (entries instanceof Error) {
    failures.push({ path: folder, reason: reasonOfStat(entries) });
    return;
  }
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (found.length >= FILES_AT_MOST) return;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (depth < DEPTH_AT_MOST && isLogFolderName(entry.name))
        await logsBelow(path, depth + 1, found, failures);
      continue;
    }
    const named = isLogName(entry.name);
    if (named === false) continue;
    // A link to a file is followed (Kubernetes), one to a folder could lead anywhere.
    const isFile = entry.isFile() || (entry.isSymbolicLink() && (await isLinkToFile(path)));
    if (isFile && (named === true || (await looksLikeLog(path)))) found.push(path);
  }
}

async function isLinkToFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true;
}

async function matches(pattern: string, found: string[], failures: Expansion['failures']): Promise<void> {
  const { root } = parse(pattern);
  await matchBelow(root, pattern.slice(root.length).split(sep), 0, found, failures);
}

/** `depth` counts the folders that `**` has gone through. */
async function matchBelow(
  folder: string,
  [part, ...rest]: readonly string[],
  depth: number,
  found: string[],
  failures: Expansion['failures'],
): Promise<void> {
  if (part === undefined || found.length >= FILES_AT_MOST) return;
  const isLast = rest.length === 0;
  if (!/[*?]/.test(part)) {
    const path = join(folder, part);
    if (!isLast) return await matchBelow(path, rest, depth, found, failures);
    if (await isLinkToFile(path)) found.push(path);
    return;
  }
  const entries = await readdir(folder, { withFileTypes: true }).catch(
    (thrown: NodeJS.ErrnoException) => thrown,
  );
  if (entries instanceof Error) {
    if (entries.code === 'EACCES') failures.push({ path: folder, reason: reasonOfStat(entries) });
    return;
  }
  const isDeep = part === '**';
  if (isDeep) await matchBelow(folder, isLast ? ['*'] : rest, depth, found, failures);
  const fits = patternOf(part);
  for (const { name } of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    // As shells do: a name that begins with a dot is only meant when the pattern does, too.
    if (name.startsWith('.') && !part.startsWith('.')) continue;
    const path = join(folder, name);
    if (isDeep) {
      const isFolder = (await lstat(path).catch(() => null))?.isDirectory() === true;
      if (isFolder && depth < DEPTH_AT_MOST)
        await matchBelow(path, ['**', ...rest], depth + 1, found, failures);
    } else if (fits.test(name)) {
      if (!isLast) await matchBelow(path, rest, depth, found, failures);
      else if (await isLinkToFile(path)) found.push(path);
    }
    if (found.length >= FILES_AT_MOST) return;
  }
}

function patternOf(part: string): RegExp {
  const source = part
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\*+/g, '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}

/**
 * One set for all files of one log. A file that is named itself brings the rest of its set, but one that rotation has named is what was asked
 * for, and nothing else; in a folder all were asked for.
 */
async function setsOf(paths: readonly string[], isFolder: boolean): Promise<LogSet[]> {
  const sets = new Map<string, LogSet>();
  const names = new Map<string, ReadonlySet<string>>();
  for (const path of new Set(paths)) {
    const real = await realpath(path).catch(() => path);
    const folder = dirname(real);
    const name = basename(real);
    const neighbours = names.get(folder) ?? new Set(await readdir(folder).catch(() => []));
    names.set(folder, neighbours);
    const { base, date, number, packing } = rotationNameOf(name, (other) => neighbours.has(other));
    const key = join(folder, base);
    const isWhole = isFolder || (date === null && number === null && packing === null);
    const known = sets.get(key);
    const only = isWhole || known?.only === null ? null : new Set([...(known?.only ?? []), name]);
    // Kubernetes names a pod by the link; where only folders are links, names stay as they were asked for.
    const isLink = basename(path) !== name;
    sets.set(key, { name: known?.name ?? (isLink ? path : join(dirname(path), base)), folder, base, only });
  }
  return [...sets.values()];
}
