import type { Finding } from '../../../../core/finding.ts';
import { formatDuration } from '../../../../core/duration.ts';
import { capText, oneLine } from '../../../../core/text.ts';
import { type Draft, part } from './draft.ts';
import type { IncidentFacts } from './facts.ts';
import { mentions } from './mentions.ts';
import { clock, MINUTE_MS } from '../minutes.ts';
import { shareTopic, topicsOfFinding } from './topics.ts';

const OWN_TOOL = 'error-analyzer/';
const JUST_BEFORE_MS = 15 * MINUTE_MS;
const SEVERE: Readonly<Partial<Record<Finding['severity'], number>>> = { critical: 0.1, high: 0.05 };

/** What other tools hold against the backend, where it speaks of the same thing or began at the same time. */
export function findingCandidates(facts: IncidentFacts, findings: readonly Finding[]): Draft[] {
  return findings
    .filter(({ rule, state }) => !rule.startsWith(OWN_TOOL) && state !== 'muted' && state !== 'resolved')
    .flatMap((finding) => judgeFinding(finding, facts) ?? []);
}

function judgeFinding(finding: Finding, facts: IncidentFacts): Draft | null {
  const topical = shareTopic(topicsOfFinding(finding), facts.topics);
  const named = mentions(facts.text, finding.subject.name);
  // Without either, only the clock connects them, and findings are as old as the last look.
  if (!topical && named === 0) return null;
  const firstMs = Date.parse(finding.firstSeen);
  const { onset, endMs } = facts;
  const isRecent = firstMs >= onset.fromMs - JUST_BEFORE_MS && firstMs <= endMs;
  return {
    kind: 'finding',
    title: capText(oneLine(finding.title), 140),
    parts: [
      part('speaks of the same', topical ? 0.25 : 0),
      part('the errors name it', 0.2 * named),
      part('began at the same time', isRecent ? 0.2 : 0),
      part('severity', SEVERE[finding.severity] ?? 0),
    ],
    evidence: [
      `${finding.id} (${finding.rule}, ${finding.severity}, ${finding.confidence})`,
      ...(named > 0 ? [`the errors name ${capText(oneLine(finding.subject.name), 60)}`] : []),
    ],
    counterCheck: isRecent
      ? `Was it there before ${clock(onset.atMs)}? Not seen until ${clock(firstMs)}.`
      : firstMs < onset.fromMs
        ? `Was it there before ${clock(onset.atMs)}? Yes, for ${formatDuration(onset.fromMs - firstMs)} without these errors: something else must have come to it.`
        : `Was it there before ${clock(onset.atMs)}? It was first seen later, at ${clock(firstMs)}.`,
    next: `rearguard verify ${finding.id}`,
    about: aboutFinding(finding),
  };
}

function aboutFinding({ subject }: Finding): string[] {
  if (subject.kind === 'dependency' || subject.kind === 'certificate') return [`dependency ${subject.name}`];
  if (subject.kind === 'target') return [`database ${subject.name}`, `dependency ${subject.name}`];
  return [];
}
