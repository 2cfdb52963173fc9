import { join } from 'node:path';
import { RearguardError } from '../../core/errors.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import { systemFiles } from '../../platform/files.ts';
import { WORKSPACE_FOLDER, workspaceLayout } from '../../workspace/layout.ts';
import { type SessionFacts, sessionUpdate } from '../../workspace/sessions/update.ts';
import type { Runtime } from '../runtime.ts';
import { sessionFacts } from './facts.ts';
import { changedSince } from './git.ts';
import { lessonsNow } from './lessons.ts';

/**
 * Writes a session's update where there is none yet: from then on the file belongs to those who complete it.
 * Throws E_WORKSPACE_MISSING, E_WORKSPACE_BUSY.
 */
export async function writeUpdate(
  runtime: Runtime,
  session: SessionFacts['session'],
): Promise<{ path: string; changed: boolean }> {
  const { directory } = runtime.config;
  const { folder, sessions, local } = workspaceLayout(directory);
  if (!(await systemFiles.exists(folder))) {
    throw new RearguardError('E_WORKSPACE_MISSING', { folder: WORKSPACE_FOLDER });
  }
  const path = join(sessions, `${session.id}.md`);
  return withFileLock(
    path,
    async () => {
      if (await systemFiles.exists(path)) return { path, changed: false };
      await systemFiles.writeText(path, await updateText(runtime, session));
      return { path, changed: true };
    },
    { folder: local },
  );
}

async function updateText(runtime: Runtime, session: SessionFacts['session']): Promise<string> {
  const { directory } = runtime.config;
  const { processes } = await runtime.world();
  const facts = sessionFacts(session, {
    store: runtime.openStore(),
    toolsNow: runtime.catalog.tools.map(({ name }) => name),
    lessons: (await lessonsNow(runtime.config)).filter(({ id }) => !session.lessonsAtStart.includes(id)),
    changed: await changedSince(processes, directory, session.startedAtCommit),
  });
  return (await runtime.redactor()).text(sessionUpdate(facts));
}
