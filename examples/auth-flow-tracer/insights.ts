import type { FindingDraft, Insight } from 'rearguard';
import { RULES } from './rules.ts';

/** What to do first: what keeps visitors out before what lets others in, and that before what is slow. */
const ORDER: readonly string[] = [
  RULES.stepFailed,
  RULES.replayAccepted,
  RULES.sessionNotRotated,
  RULES.credentialInUrl,
  RULES.cookieFlags,
  RULES.tokenLifetime,
  RULES.slowStep,
].map(({ id }) => id);

export function insightsOf(findings: readonly FindingDraft[]): Insight[] {
  return findings
    .toSorted((a, b) => ORDER.indexOf(a.rule) - ORDER.indexOf(b.rule))
    .slice(0, 3)
    .map(({ title, fix, impact }, index) => ({
      priority: index + 1,
      action: fix.summary,
      because: title,
      ...(impact === undefined ? {} : { worth: impact.summary }),
      findings: [],
    }));
}
