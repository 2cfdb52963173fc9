import { stat } from 'node:fs/promises';
import type { ResolvedConfig } from '../../config/types.ts';
import { RearguardError } from '../../core/errors.ts';
import { systemFiles } from '../../platform/files.ts';
import { type KnowledgeBook, parseKnowledge } from '../../workspace/knowledge/parse.ts';
import { WORKSPACE_FOLDER, workspaceLayout } from '../../workspace/layout.ts';

interface Cached {
  size: number;
  mtimeMs: number;
  book: KnowledgeBook;
}

/** One config, one file: the cache goes with its runtime. */
const cache = new WeakMap<ResolvedConfig, Cached>();

/** The knowledge of the workspace, read again only when its file changed; null where there is none. Throws E_FILE_*. */
export async function readKnowledge(config: ResolvedConfig): Promise<KnowledgeBook | null> {
  const { knowledge } = workspaceLayout(config.directory);
  const found = await stat(knowledge).catch(() => null);
  if (found === null) return null;
  const { size, mtimeMs } = found;
  const cached = cache.get(config);
  if (cached?.size === size && cached.mtimeMs === mtimeMs) return cached.book;
  const book = parseKnowledge(await systemFiles.readText(knowledge));
  cache.set(config, { size, mtimeMs, book });
  return book;
}

/** As people write it, from the folder of the config. */
export const KNOWLEDGE_FILE = `${WORKSPACE_FOLDER}/docs/KNOWLEDGE.md`;

export function knowledgePlace(line: number): { file: string; line: number } {
  return { file: KNOWLEDGE_FILE, line };
}

/** Throws E_WORKSPACE_MISSING where there is none. */
export async function requireKnowledge(config: ResolvedConfig): Promise<KnowledgeBook> {
  const book = await readKnowledge(config);
  if (book === null) throw new RearguardError('E_WORKSPACE_MISSING', { folder: WORKSPACE_FOLDER });
  return book;
}
