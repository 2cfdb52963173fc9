import type { Coverage } from '../../../core/coverage.ts';
import { parseDuration } from '../../../core/duration.ts';
import type { Finding, FindingDraft } from '../../../core/finding.ts';
import type { CommandContext } from '../../context.ts';
import { quietVerdict } from '../analyze/quiet.ts';
import type { ErrorOptions } from '../options.ts';
import { ruleList, TOOL } from '../rules.ts';
import type { ErrorsFound } from './errors.ts';

const RULE_IDS = ruleList.map(({ id }) => id);

export interface CoverageInput {
  findings: readonly FindingDraft[];
  found: ErrorsFound;
  /** Every log of the config was read: what was found earlier can be judged, too. */
  isWhole: boolean;
  gaps: Coverage['notChecked'];
}

/**
 * Where the rules came to a verdict. A finding of earlier stays open while its group is still seen, although it is not new any more; it is gone when
 * the group was not seen for as long as its own rate says while logs went on, or when a person said what it is.
 */
export function coverageOfGroups(
  ctx: CommandContext<ErrorOptions>,
  { findings, found, isWhole, gaps }: CoverageInput,
): Coverage {
  const seen = findings.map(({ subject, rule }) => ({ subject, rules: [rule] }));
  const ended = isWhole
    ? ctx.store.findings
        .list({ tool: TOOL, states: ['new', 'ongoing', 'regressed'] })
        .filter((finding) => isOver(ctx, finding, found))
        .map(({ subject, rule }) => ({ subject, rules: [rule] }))
    : [];
  return {
    checked: [{ subject: { kind: 'target', name: 'logs' }, rules: [...RULE_IDS] }, ...seen, ...ended],
    notChecked: gaps,
  };
}

function isOver(
  { clock }: CommandContext<ErrorOptions>,
  { subject, verify }: Finding,
  { history, window }: ErrorsFound,
): boolean {
  const known = history.get(subject.name);
  if (known !== undefined && known.state !== 'open') return true;
  const { unseenFor } = verify.check.input;
  const quietMs = typeof unseenFor === 'string' ? (parseDuration(unseenFor) ?? 0) : 0;
  const seenInWindow = window.groups.find(({ id }) => id === subject.name)?.lastMs ?? 0;
  const lastMs = Math.max(seenInWindow, known?.lastSeenMs ?? 0);
  return quietVerdict(window, { lastMs }, { quietMs, nowMs: clock.wallMs() }) === 'gone';
}
