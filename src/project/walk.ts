import { join } from 'node:path';
import type { Files } from '../platform/files.ts';
import { type IgnoreRules, readGitIgnore } from './git-ignore.ts';

/** What others wrote, what is generated, what belongs to a machine, and the workspace, which is about the project. */
const SKIPPED_FOLDERS = new Set(
  'node_modules bower_components dist build out target vendor venv __pycache__ coverage tmp ai-agents'.split(
    ' ',
  ),
);

/** A tree deeper or wider than this is looked at in part. */
const MAX_FOLDERS = 5_000;

const MAX_IGNORE_BYTES = 100_000;

export interface FoundFile {
  /** From the root, with slashes. */
  path: string;
  name: string;
}

export interface FoundFiles {
  files: FoundFile[];
  /** Folders that were gone through, the root left out. */
  folders: string[];
  /** Whether a limit kept something out. */
  truncated: boolean;
}

export interface WalkOptions {
  wanted: (name: string) => boolean;
  maxFiles: number;
  signal: AbortSignal;
  /** Folders that are looked at though their names begin with a dot. */
  dotFolders?: readonly string[];
  /** Leaves out what the `.gitignore` files on the way leave out, but for files of these names. */
  respectGitIgnore?: { except: (name: string) => boolean };
}

interface Place {
  folder: string;
  /** Of the folders above, the nearest last. */
  rules: readonly { base: string; rules: IgnoreRules }[];
}

/** Files below a root by their name, breadth first and in order, so that a limit cuts off what lies deepest. Links are not followed. */
export async function findFiles(
  files: Pick<Files, 'list'> & Partial<Pick<Files, 'readText'>>,
  root: string,
  options: WalkOptions,
): Promise<FoundFiles> {
  const found: FoundFile[] = [];
  const places: Place[] = [{ folder: '', rules: [] }];
  const gone = (): string[] => places.slice(1).map(({ folder }) => folder);
  for (const [visited, { folder, rules }] of places.entries()) {
    options.signal.throwIfAborted();
    if (visited >= MAX_FOLDERS) return { files: found, folders: gone(), truncated: true };
    // A folder that may not be read is no reason to stop; the root is.
    const entries = await files.list(join(root, folder)).catch((thrown: unknown) => {
      if (folder === '') throw thrown;
      return [];
    });
    // A virtual environment of Python, whatever it is called.
    if (entries.some(({ name }) => name === 'pyvenv.cfg')) continue;
    const here = [...rules];
    if (
      options.respectGitIgnore &&
      entries.some(({ name, kind }) => name === '.gitignore' && kind === 'file')
    ) {
      const text = await files.readText?.(join(root, folder, '.gitignore'), MAX_IGNORE_BYTES).catch(() => '');
      here.push({ base: folder, rules: readGitIgnore(text ?? '') });
    }
    for (const { name, kind } of entries) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (kind === 'folder' && isGoneInto(name, options) && !isIgnored(path, true, here))
        places.push({ folder: path, rules: here });
      if (kind !== 'file' || !options.wanted(name)) continue;
      if (isIgnored(path, false, here) && !options.respectGitIgnore?.except(name)) continue;
      if (found.length === options.maxFiles) return { files: found, folders: gone(), truncated: true };
      found.push({ path, name });
    }
  }
  return { files: found, folders: gone(), truncated: false };
}

function isGoneInto(name: string, { dotFolders = [] }: WalkOptions): boolean {
  return name.startsWith('.') ? dotFolders.includes(name) : !SKIPPED_FOLDERS.has(name);
}

function isIgnored(path: string, isFolder: boolean, all: Place['rules']): boolean {
  for (const { base, rules } of all.toReversed()) {
    const verdict = rules.verdict(base === '' ? path : path.slice(base.length + 1), isFolder);
    if (verdict !== null) return verdict;
  }
  return false;
}
