import { type FindingDraft, findingFingerprint, findingId } from '../core/finding.ts';
import { severityRank } from '../core/severity.ts';
import type { IdentifiedDraft } from '../store/store.ts';
import type { ToolDefinition } from '../tools/define.ts';

/**
 * Gives drafts their identity and their verify command. Drafts must be redacted before: a secret in a
 * subject would make the identity change with it. Two drafts of one identity become the more severe one.
 */
export function identify(
  drafts: readonly FindingDraft[],
  tool: Pick<ToolDefinition, 'name' | 'alias'>,
): IdentifiedDraft[] {
  const byFingerprint = new Map<string, IdentifiedDraft>();
  for (const { check, ...draft } of drafts) {
    const fingerprint = findingFingerprint(draft.rule, draft.subject);
    const known = byFingerprint.get(fingerprint);
    if (known && severityRank(known.severity) <= severityRank(draft.severity)) continue;
    const id = findingId(tool.alias, fingerprint);
    const verify = { argv: ['rearguard', 'verify', id], check: { tool: tool.name, ...check } };
    byFingerprint.set(fingerprint, { ...draft, id, fingerprint, verify });
  }
  return [...byFingerprint.values()];
}
