import { rm } from 'node:fs/promises';
import path from 'node:path';
import { reasonOf } from '../../core/errors.ts';
import { quoteForeign } from '../../core/text.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import { systemFiles } from '../../platform/files.ts';
import { systemProcesses } from '../../platform/processes.ts';
import { workspaceLayout } from '../../workspace/layout.ts';
import { type FileChange, refused } from './plan-diff.ts';

const GIT_TIMEOUT_MS = 10_000;
const MAX_NAME = 120;

/**
 * Writes all files of a plan or none: the plan is made inside the lock, and what was written is taken back when a later file cannot be. Without `force` a
 * file that git could not give back is refused.
 */
export function writeAll(
  id: string,
  root: string,
  plan: () => Promise<FileChange[]>,
  options: { force: boolean; signal: AbortSignal },
): Promise<FileChange[]> {
  return withFileLock(
    path.join(root, 'fix'),
    async () => {
      const changes = await plan();
      if (!options.force) for (const change of changes) await assertCommitted(id, root, change);
      const written: FileChange[] = [];
      try {
        for (const change of changes) {
          await systemFiles.writeText(change.path, change.after);
          written.push(change);
        }
      } catch (thrown) {
        const left: string[] = [];
        for (const change of written.toReversed()) await takeBack(change).catch(() => left.push(change.file));
        if (left.length === 0) throw thrown;
        const names = left.map((file) => quoteForeign(file, MAX_NAME)).join(', ');
        const hint = 'Give them back with git, mend what kept them from being written, and apply it again.';
        throw refused(id, `${reasonOf(thrown)}, and ${names} could not be put back as before`, hint);
      }
      return changes;
    },
    { folder: workspaceLayout(root).local, signal: options.signal },
  );
}

async function takeBack({ path: file, before }: FileChange): Promise<void> {
  if (before === null) await rm(file, { force: true });
  else await systemFiles.writeText(file, before);
}

/** A file that is new loses nothing. */
async function assertCommitted(id: string, root: string, change: FileChange): Promise<void> {
  if (change.before === null) return;
  const name = quoteForeign(change.file, MAX_NAME);
  const git = async (...argv: string[]): Promise<string | null> => {
    const options = { timeoutMs: GIT_TIMEOUT_MS, cwd: root };
    const result = await systemProcesses.run(['git', ...argv, '--', change.path], options).catch(() => null);
    return result?.exitCode === 0 ? result.stdout : null;
  };
  const hint = 'Commit it first, or use --force.';
  if ((await git('ls-files', '--error-unmatch')) === null) {
    throw refused(id, `git does not know ${name}, so what stands there now could not be had back`, hint);
  }
  if ((await git('status', '--porcelain')) !== '') {
    throw refused(id, `${name} has changes that are not committed`, hint);
  }
}
