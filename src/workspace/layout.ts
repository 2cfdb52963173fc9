import { join } from 'node:path';
import { COMPILED_FOLDER, OWN_FOLDER } from '../platform/own-folder.ts';

/** Folder of the workspace in a repository, beside the user's own code. */
export const WORKSPACE_FOLDER = 'ai-agents/backend';

/** Where everything of a workspace stands. All paths are absolute. */
export interface WorkspaceLayout {
  /** Folder of the config: usually the root of the repository. */
  root: string;
  folder: string;
  context: string;
  knowledge: string;
  /** One file a session. */
  sessions: string;
  /** Launchers of all tools, and one folder for each tool of the user's own. */
  tools: string;
  overview: string;
  /** Locks and what belongs to this machine only; never committed. */
  local: string;
  /** Within `local`. */
  compiled: string;
}

export function workspaceLayout(root: string): WorkspaceLayout {
  const folder = join(root, ...WORKSPACE_FOLDER.split('/'));
  return {
    root,
    folder,
    context: join(folder, 'AI-CONTEXT.md'),
    knowledge: join(folder, 'docs', 'KNOWLEDGE.md'),
    sessions: join(folder, 'docs', 'sessions'),
    tools: join(folder, 'tools'),
    overview: join(folder, 'AI-PROJECT-OVERVIEW.md'),
    local: join(root, OWN_FOLDER),
    compiled: join(root, OWN_FOLDER, COMPILED_FOLDER),
  };
}
