import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { StructuredPatch } from 'diff';
import { RearguardError, reasonOf } from '../../core/errors.ts';
import { quoteForeign } from '../../core/text.ts';
import { exactText } from '../../platform/exact-text.ts';

/** One file as a patch leaves it. */
export interface FileChange {
  /** Relative to the project, with slashes. */
  file: string;
  path: string;
  /** null: it is new. */
  before: string | null;
  after: string;
}

const MAX_NAME = 120;
const NOWHERE = '/dev/null';

/**
 * What a unified diff would make of the files it names, all of them inside `root` and none behind a link. Context must fit exactly. Throws
 * E_PATCH_REFUSED, and nothing is written here.
 */
export async function planDiff(id: string, patch: string, root: string): Promise<FileChange[]> {
  const { applyPatch, parsePatch } = await import('diff');
  const parts = parsed(() => parsePatch(patch), id).filter(({ hunks }) => hunks.length > 0);
  if (parts.length === 0) throw refused(id, 'it holds no change of a file');
  const changes: FileChange[] = [];
  for (const part of parts) {
    const file = nameOf(part, id);
    if (changes.some((change) => change.file === file)) throw refused(id, `it names ${said(file)} twice`);
    const target = await placeOf(file, root, id);
    const before = await exactText(target);
    const isNew = part.oldFileName === NOWHERE;
    if (isNew && before !== null) throw refused(id, `${said(file)} is there already`);
    if (!isNew && before === null) throw refused(id, `${said(file)} is not there`);
    const after = applyPatch(before ?? '', part, { fuzzFactor: 0 });
    if (after === false) {
      throw refused(
        id,
        `${said(file)} is not as the patch expects it`,
        'Run the check again: the finding may be gone, or its patch a new one.',
      );
    }
    changes.push({ file, path: target, before, after });
  }
  return changes;
}

export function refused(id: string, reason: string, hint = 'Nothing was written.'): RearguardError {
  return new RearguardError('E_PATCH_REFUSED', { id, reason, hint });
}

function parsed(parse: () => StructuredPatch[], id: string): StructuredPatch[] {
  try {
    return parse();
  } catch (thrown) {
    throw refused(id, `it cannot be read as a unified diff (${quoteForeign(reasonOf(thrown), MAX_NAME)})`);
  }
}

function nameOf(part: StructuredPatch, id: string): string {
  const { oldFileName, newFileName } = part;
  if (newFileName === NOWHERE || part.isDelete === true) {
    throw refused(id, 'it deletes a file', 'Delete it by hand if that is what you want.');
  }
  if (newFileName === undefined || newFileName === '')
    throw refused(id, 'it does not say which file it changes');
  const name = withoutPrefix(newFileName, 'b/');
  const old = oldFileName === undefined || oldFileName === NOWHERE ? name : withoutPrefix(oldFileName, 'a/');
  if (old !== name || part.isRename === true || part.isCopy === true) throw refused(id, 'it renames a file');
  return name;
}

function withoutPrefix(name: string, prefix: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

/** The absolute path, once it is sure that it lies in the project and that no link leads out of it. */
async function placeOf(file: string, root: string, id: string): Promise<string> {
  const segments = file.split('/');
  const isPlain =
    !path.isAbsolute(file) &&
    !path.win32.isAbsolute(file) &&
    !/[\\\p{Cc}]/u.test(file) &&
    segments.every((segment) => segment !== '' && segment !== '.' && segment !== '..');
  if (!isPlain) throw refused(id, `${said(file)} is no path inside the project`);
  if (segments.some((segment) => segment.toLowerCase() === '.git')) {
    throw refused(id, `${said(file)} belongs to git`);
  }
  let at = await realpath(root);
  for (const segment of segments) {
    at = path.join(at, segment);
    const found = await lstat(at).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') return null;
      throw refused(id, `${said(file)} cannot be reached (${thrown.code ?? 'unknown'})`);
    });
    if (found === null) break;
    if (found.isSymbolicLink()) throw refused(id, `${said(file)} is behind a link`);
  }
  const target = path.join(await realpath(root), ...segments);
  const there = await lstat(target).catch(() => null);
  if (there !== null && !there.isFile()) throw refused(id, `${said(file)} is no file`);
  return target;
}

function said(file: string): string {
  return quoteForeign(file, MAX_NAME);
}
