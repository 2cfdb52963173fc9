import { dimensionCandidates } from './dimensions/candidates.ts';
import { eventCandidates } from './events.ts';
import { gatherFacts, type IncidentFacts } from './facts.ts';
import { findingCandidates } from './findings.ts';
import { clock } from '../minutes.ts';
import { originCandidates } from './origins.ts';
import { nearMisses, rankCandidates } from './rank.ts';
import { contrastReleases, unmarkedReleases } from './releases.ts';
import { signatureCandidates } from './signatures/candidates.ts';
import { templateCandidates } from './templates.ts';
import type { CauseAnalysis, CauseInput } from './types.ts';

/**
 * What may be behind an incident, best first; no candidate where nothing is supported. Each kind of evidence is held against the time of the onset
 * and against what would speak against it. Pure: all it knows is in the input. Titles and evidence quote log text, which is untrusted.
 */
export function explainIncident(input: CauseInput): CauseAnalysis {
  const facts = gatherFacts(input);
  const { changePoint } = facts;
  if (facts.groups.length === 0) {
    return { changePoint, candidates: [], notes: ['The window holds no record of these errors.'] };
  }
  const contrast = contrastReleases(facts);
  const marked = new Set(input.events.flatMap(({ release }) => release ?? []));
  const dimensions = dimensionCandidates(facts);
  const signatures = signatureCandidates(facts);
  const drafts = [
    ...eventCandidates(facts, input.events, contrast),
    ...unmarkedReleases(facts, marked, contrast),
    ...dimensions.drafts,
    ...templateCandidates(facts),
    ...originCandidates(facts),
    ...findingCandidates(facts, input.findings),
    ...signatures.drafts,
  ];
  const candidates = rankCandidates(drafts);
  const notes = [
    ...(candidates.length === 0 ? nearMisses(drafts) : []),
    ...(changePoint === null
      ? ['The counts show no clear beginning, so that times are those of the detector.']
      : []),
    ...dimensions.notes,
    ...signatures.notes,
    ...missing(facts, input),
  ];
  return { changePoint, candidates, notes };
}

/** What was not there to look at. */
function missing({ window, onset }: IncidentFacts, { events }: CauseInput): string[] {
  const near = events.some(({ atMs }) => atMs <= onset.toMs && atMs >= onset.fromMs - 3_600_000);
  return [
    ...(events.length === 0
      ? ['No deploys or changes are recorded; `rearguard deploy mark` records them.']
      : near
        ? []
        : [`Nothing is recorded in the hour before ${clock(onset.fromMs)}.`]),
    ...(window.traces.length === 0 ? ['No record has a trace or request id.'] : []),
  ];
}
