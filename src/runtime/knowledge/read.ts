import { stat } from 'node:fs/promises';
import type { ResolvedConfig } from '../../config/types.ts';
import { systemFiles } from '../../platform/files.ts';
import { type KnowledgeBook, parseKnowledge } from '../../workspace/knowledge/parse.ts';
import { workspaceLayout } from '../../workspace/layout.ts';

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
