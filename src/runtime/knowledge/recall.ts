import type { ResolvedConfig } from '../../config/types.ts';
import { reasonOf } from '../../core/errors.ts';
import type { Finding } from '../../core/finding.ts';
import { matchKnowledge } from '../../workspace/knowledge/match.ts';
import type { RunResult } from '../envelope.ts';
import { readKnowledge } from './read.ts';

/** Findings with the lessons that fit them. Without a workspace, or without findings, nothing is read. Throws E_FILE_*. */
export async function recall(config: ResolvedConfig, findings: readonly Finding[]): Promise<Finding[]> {
  if (findings.length === 0) return [];
  const book = await readKnowledge(config);
  const entries = (book?.entries ?? []).flatMap(({ entry }) => entry ?? []);
  return findings.map((finding) => {
    const { knowledge: _, ...bare } = finding;
    const known = matchKnowledge(entries, finding);
    return known.length === 0 ? bare : { ...bare, knowledge: known };
  });
}

/**
 * A result whose findings show what is known of them; what the store keeps is without it. Knowledge that cannot be read is a
 * warning, and changes nothing else. Without a config there is no workspace.
 */
export async function withKnowledge(
  config: ResolvedConfig | undefined,
  result: RunResult,
): Promise<RunResult> {
  const { report } = result;
  if (config === undefined || report.findings.length === 0) return result;
  try {
    return { ...result, report: { ...report, findings: await recall(config, report.findings) } };
  } catch (thrown) {
    const message = `What is known of these findings cannot be read: ${reasonOf(thrown)}`;
    return {
      ...result,
      report: { ...report, diagnostics: [...report.diagnostics, { level: 'warning', message }] },
    };
  }
}
