import type { ResolvedConfig } from '../../config/types.ts';
import { RearguardError } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { withFileLock } from '../../platform/file-lock.ts';
import { systemFiles } from '../../platform/files.ts';
import { knowledgeDocument } from '../../workspace/knowledge/document.ts';
import type { KnowledgeEntry } from '../../workspace/knowledge/entry.ts';
import { appendEntry, formatEntry } from '../../workspace/knowledge/format.ts';
import { parseKnowledge, type PlacedEntry } from '../../workspace/knowledge/parse.ts';
import { WORKSPACE_FOLDER, workspaceLayout } from '../../workspace/layout.ts';
import { exactText } from '../../platform/exact-text.ts';
import { KNOWLEDGE_FILE } from './read.ts';

export interface KnowledgeOptions {
  /** The finding from which it was drafted. */
  draftOf?: Pick<Finding, 'id' | 'fingerprint'> | undefined;
}

/**
 * Appends an entry to the workspace's KNOWLEDGE.md; nothing that stands there changes. One about the same finding, or that says
 * the same under the same id, is there already. Throws E_WORKSPACE_MISSING, E_WORKSPACE_BUSY, E_KNOWLEDGE_INVALID.
 */
export async function writeEntry(
  config: ResolvedConfig,
  entry: KnowledgeEntry,
  options: KnowledgeOptions = {},
): Promise<{ id: string; line: number; changed: boolean }> {
  const { folder, knowledge, local } = workspaceLayout(config.directory);
  if (!(await systemFiles.exists(folder))) {
    throw new RearguardError('E_WORKSPACE_MISSING', { folder: WORKSPACE_FOLDER });
  }
  return withFileLock(
    knowledge,
    async () => {
      const before = (await exactText(knowledge)) ?? knowledgeDocument();
      const { entries, unclosed } = parseKnowledge(before);
      const known = entries.find((placed) => isSame(placed, entry, options.draftOf));
      if (known !== undefined) return { id: known.id, line: known.line, changed: false };
      const twin = entries.find(({ id }) => id === entry.id);
      if (twin !== undefined) {
        throw invalid(
          `line ${twin.line} begins an entry with the id ${entry.id} that says something else: edit it there, or give this one another title`,
        );
      }
      if (unclosed !== null)
        throw invalid(`line ${unclosed.line} begins a ${unclosed.kind} block that does not end`);
      const after = appendEntry(before, entry);
      await systemFiles.writeText(knowledge, after);
      const placed = parseKnowledge(after).entries.at(-1);
      return { id: entry.id, line: placed?.line ?? 1, changed: true };
    },
    { folder: local },
  );
}

/** Of a finding one draft is enough, whatever people made of it since. Dates do not tell two entries apart. */
function isSame(
  { entry: there }: PlacedEntry,
  entry: KnowledgeEntry,
  draftOf: KnowledgeOptions['draftOf'],
): boolean {
  if (there === null) return false;
  if (draftOf !== undefined) {
    const { findings } = there.matches;
    return findings.includes(draftOf.id) || findings.includes(draftOf.fingerprint);
  }
  return there.id === entry.id && formatEntry(undated(there)) === formatEntry(undated(entry));
}

function undated(entry: KnowledgeEntry): KnowledgeEntry {
  return { ...entry, date: '2000-01-01', reviewBy: null };
}

function invalid(problems: string): RearguardError {
  return new RearguardError('E_KNOWLEDGE_INVALID', { path: KNOWLEDGE_FILE, problems });
}
