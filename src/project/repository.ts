import { basename, join, resolve } from 'node:path';
import { oneLine } from '../core/text.ts';
import type { Files } from '../platform/files.ts';
import { scannerOf } from './scan/languages.ts';
import type { Source } from './scan/source.ts';
import { isEnvironmentFile } from './sightings/environment.ts';
import { sourceText } from './sightings/sighting.ts';
import { isTestPath } from './sightings/source-code.ts';
import { findFiles, type FoundFile } from './walk.ts';
import { isWantedFile } from './wanted.ts';

/** Bounds of what is looked at. */
export const MAX_FILES = 5_000;
export const MAX_FILE_BYTES = 1_000_000;

/** As Python, Go and Ruby call them. */
const TEST_FILE = /(?:^|\/)(?:tests?\.py|test_\w+\.py|conftest\.py|\w+_test\.(?:py|go|rb)|\w+_spec\.rb)$/;

/** A router called `example`, as generators make one, is served like all others: it is no example of how to use a library. */
const SERVED_EXAMPLE = /(^|\/)(routes|controllers|modules|features)\/examples?(?=\/)/;

function isTest(path: string): boolean {
  const served = path.replace(SERVED_EXAMPLE, '$1$2');
  // A migration may be about a table of tests: `0042_add_test.py`.
  const [, folder] = /^(.*\/migrations\/)\d+_\w+\.py$/.exec(served) ?? [];
  return folder === undefined ? isTestPath(served) || TEST_FILE.test(served) : isTestPath(folder);
}

/** Folders with a dot in front that speak of a project. */
const DOT_FOLDERS = ['.github', '.circleci', '.gitlab', '.woodpecker', '.buildkite'];

export interface ProjectFile extends FoundFile {
  text: string;
  /** Tests, fixtures and examples: they name much that the backend does not have. */
  isTest: boolean;
}

/** The files of a repository as they were read, for all that find out facts from them. */
export interface Repository {
  /** Name of the folder. */
  folderName: string;
  /** Breadth first: what lies near the root comes first. */
  files: readonly ProjectFile[];
  /** Without tests. */
  own: readonly ProjectFile[];
  folders: readonly string[];
  file(path: string): ProjectFile | undefined;
  /** A file of code with its comments and strings told apart; null where its language is not known. Each is scanned once. */
  source(file: ProjectFile): Source | null;
  /** The files of code, without tests, whose path matches. */
  sources(matches: (path: string) => boolean): Source[];
  notRead: readonly string[];
}

export async function readRepository(
  root: string,
  files: Pick<Files, 'list' | 'readText'>,
  signal: AbortSignal,
  maxFiles = MAX_FILES,
): Promise<Repository> {
  const walked = await findFiles(files, root, {
    wanted: isWantedFile,
    maxFiles,
    signal,
    dotFolders: DOT_FOLDERS,
    // A machine's own .env is ignored nearly everywhere; the names in it are wanted.
    respectGitIgnore: { except: isEnvironmentFile },
  });
  const notRead = walked.truncated ? [`what lies behind the first ${maxFiles} files`] : [];
  const read: ProjectFile[] = [];
  let minified = 0;
  for (const file of walked.files) {
    signal.throwIfAborted();
    // Lockfiles of large projects are larger than any code; they are not needed.
    const text = await files.readText(join(root, file.path), MAX_FILE_BYTES).catch(() => null);
    if (text === null) notRead.push(sourceText(file.path));
    else if (isMinified(file.name, text)) minified += 1;
    else read.push({ ...file, text, isTest: isTest(file.path) });
  }
  if (minified > 0) notRead.push(`minified JavaScript (${minified})`);
  return repositoryOf(oneLine(basename(resolve(root))), read, walked.folders, notRead);
}

/** Shorter files are read whatever they look like. */
const MIN_MINIFIED_BYTES = 10_000;
const MAX_MEAN_LINE_LENGTH = 500;

/** A bundle that a build left: others' code, and a thousand addresses that this backend never calls. */
function isMinified(name: string, text: string): boolean {
  if (text.length < MIN_MINIFIED_BYTES || !/\.[cm]?js$/.test(name)) return false;
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return text.length / lines > MAX_MEAN_LINE_LENGTH;
}

export function repositoryOf(
  folderName: string,
  files: readonly ProjectFile[],
  folders: readonly string[],
  notRead: readonly string[],
): Repository {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const own = files.filter(({ isTest }) => !isTest);
  const scanned = new Map<string, Source | null>();
  const source = ({ path, text }: ProjectFile): Source | null => {
    const known = scanned.get(path);
    if (known !== undefined) return known;
    const made = scannerOf(path)?.(path, text) ?? null;
    scanned.set(path, made);
    return made;
  };
  return {
    folderName,
    files,
    own,
    folders,
    notRead,
    source,
    file: (path) => byPath.get(path),
    sources: (matches) => own.filter(({ path }) => matches(path)).flatMap((file) => source(file) ?? []),
  };
}
