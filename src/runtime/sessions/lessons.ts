import type { ResolvedConfig } from '../../config/types.ts';
import { readKnowledge } from '../knowledge/read.ts';

/** Lessons that the workspace has now; none where there is no knowledge yet. What cannot be read is told by `knowledge check`. */
export async function lessonsNow(config: ResolvedConfig): Promise<{ id: string; title: string }[]> {
  const book = await readKnowledge(config).catch(() => null);
  return (book?.entries ?? []).flatMap(({ entry }) =>
    entry === null ? [] : [{ id: entry.id, title: entry.title }],
  );
}
