import type { BackendEvent } from '../../../../core/event.ts';
import { formatDuration } from '../../../../core/duration.ts';
import { capText, oneLine } from '../../../../core/text.ts';
import { chanceOf, oddsOfTiming } from './coincidence.ts';
import type { Draft } from './draft.ts';
import { part } from './draft.ts';
import type { IncidentFacts } from './facts.ts';
import { mentions } from './mentions.ts';
import { clock, MINUTE_MS } from '../minutes.ts';
import type { ReleaseContrast } from './releases.ts';
import { shareTopic, topicsOfEvent } from './topics.ts';

/** How much the time alone is worth for each kind: others are seen late, or are as often effects as causes. */
const TIME_WORTH: Readonly<Record<BackendEvent['kind'], number>> = {
  deploy: 0.5,
  migration: 0.45,
  'config-change': 0.45,
  restart: 0.35,
  incident: 0.4,
  'state-change': 0.25,
};
/** Who watches sees a fault only at the next look. */
const SEEN_LATE_MS: Readonly<Partial<Record<BackendEvent['kind'], number>>> = {
  incident: 5 * MINUTE_MS,
  'state-change': 5 * MINUTE_MS,
};
/** An event is looked at if it is no longer ago than this. */
const EARLIEST_MS = 2 * 60 * MINUTE_MS;
const GOOD_STATES: ReadonlySet<string> = new Set(['up', 'healthy', 'pass', 'ok', 'recovered']);
const GOOD_TITLE = /\b(?:is (?:up|back|healthy)|recovered|restored|resolved)\b/i;

/** Deploys, migrations, changes and incidents before the onset. `contrast`: how the errors divide over releases. */
export function eventCandidates(
  facts: IncidentFacts,
  events: readonly BackendEvent[],
  contrast: ReleaseContrast,
): Draft[] {
  const perMs = eventRate(facts, events);
  const relevant = events.filter(
    (event) => !isRecovery(event) && !isOwnSymptom(event) && event.atMs >= facts.onset.fromMs - EARLIEST_MS,
  );
  return relevant.flatMap((event) => judgeEvent(event, { facts, perMs, contrast }) ?? []);
}

/** Events a millisecond; with few of them, one in the time looked at is assumed. */
function eventRate({ window }: IncidentFacts, events: readonly BackendEvent[]): number {
  const times = events.map(({ atMs }) => atMs);
  const from = Math.min(window.fromMs, ...times);
  const to = Math.max(window.toMs, ...times);
  return Math.max(1, events.length) / Math.max(MINUTE_MS, to - from);
}

function judgeEvent(
  event: BackendEvent,
  { facts, perMs, contrast }: { facts: IncidentFacts; perMs: number; contrast: ReleaseContrast },
): Draft | null {
  const { onset } = facts;
  const late = SEEN_LATE_MS[event.kind] ?? 0;
  const beganMs = event.atMs > onset.fromMs ? Math.max(onset.fromMs, event.atMs - late) : event.atMs;
  const timing = chanceOf(oddsOfTiming(beganMs, onset, perMs));
  if (timing < 0.1) return null;
  const fit = fitOf(event, facts);
  const release = event.kind === 'deploy' ? contrast.of(event.release ?? null) : null;
  const selfExplained = facts.signatures.some(
    ({ signature, share }) => signature.explains === 'cause' && share >= 0.5 && fit.value === 0,
  );
  const parts = [
    part('time', TIME_WORTH[event.kind] * timing),
    part('fits the message', fit.value),
    part('never seen before it', facts.isNew && mayBringNewErrors(event) ? 0.1 : 0),
    part('releases compared', release?.value ?? 0),
    part('the message names another cause', selfExplained ? -0.2 : 0),
  ];
  return {
    kind: event.kind === 'deploy' ? 'deploy' : 'event',
    title: titleOf(event),
    parts,
    evidence: [
      distance(event, facts),
      ...fit.evidence,
      ...(facts.isNew ? ['no record of these errors before it'] : []),
      ...(release === null ? [] : release.evidence),
    ],
    counterCheck: release?.counterCheck ?? presentBefore(facts, event),
    next: nextStep(event),
    about: aboutEvent(event),
  };
}

function titleOf({ kind, title, release, atMs }: BackendEvent): string {
  if (kind === 'deploy') return `Deploy ${release ?? capText(oneLine(title), 80)} at ${clock(atMs)}`;
  return `${kind[0]?.toUpperCase()}${kind.slice(1).replace('-', ' ')} at ${clock(atMs)}: ${capText(oneLine(title), 120)}`;
}

function distance({ atMs }: BackendEvent, { onset }: IncidentFacts): string {
  const interval = `errors began between ${clock(onset.fromMs)} and ${clock(onset.toMs)}`;
  if (atMs >= onset.fromMs && atMs <= onset.toMs) return `within the minutes of the change: ${interval}`;
  return atMs < onset.fromMs
    ? `${formatDuration(onset.fromMs - atMs)} before: ${interval}`
    : `seen ${formatDuration(atMs - onset.toMs)} after: ${interval}, and it is noticed only at the next look`;
}

function fitOf(event: BackendEvent, { text, topics }: IncidentFacts): { value: number; evidence: string[] } {
  const names = [
    event.attributes['dependency'],
    event.attributes['database'],
    event.attributes['setting'],
    event.attributes['table'],
  ];
  const named = Math.max(0, ...names.flatMap((name) => (name === undefined ? [] : mentions(text, name))));
  const inTitle = event.kind === 'deploy' ? 0 : 0.6 * mentions(text, event.title);
  const mentioned = Math.max(named, inTitle);
  const sameTopic = event.kind !== 'deploy' && shareTopic(topicsOfEvent(event), topics);
  return {
    value: 0.3 * mentioned + (sameTopic ? 0.2 : 0),
    evidence: [
      ...(mentioned > 0 ? ['the errors name it'] : []),
      ...(sameTopic ? ['it is of the kind that the message speaks of'] : []),
    ],
  };
}

function presentBefore({ isNew, window, onset }: IncidentFacts, { atMs }: BackendEvent): string {
  if (isNew) return `Also present before ${clock(atMs)}? No: nothing since ${clock(window.fromMs)}.`;
  return `Also present before ${clock(atMs)}? Yes, at a lower rate; what changed at ${clock(onset.atMs)} is how many.`;
}

function mayBringNewErrors({ kind }: BackendEvent): boolean {
  return kind === 'deploy' || kind === 'migration' || kind === 'config-change';
}

function isRecovery({ kind, title, attributes }: BackendEvent): boolean {
  if (kind !== 'state-change') return false;
  return GOOD_STATES.has(attributes['to'] ?? '') || GOOD_TITLE.test(title);
}

/** An endpoint of this backend that fails is what the errors bring about. */
function isOwnSymptom({ kind, attributes }: BackendEvent): boolean {
  return kind === 'state-change' && attributes['endpoint'] !== undefined;
}

export function aboutEvent({ kind, release, attributes, target }: BackendEvent): string[] {
  if (kind === 'deploy') return release === undefined ? [] : [`release ${release}`];
  const { dependency, database } = attributes;
  if (dependency !== undefined) return [`dependency ${dependency}`];
  const name = database ?? target;
  return name === undefined ? [] : [`database ${name}`, `dependency ${name}`];
}

function nextStep({ kind, attributes }: BackendEvent): string | null {
  if (kind === 'deploy') return 'rearguard api-health-monitor post-deploy-check';
  if (attributes['dependency'] !== undefined) return 'rearguard dependency-health-checker status';
  if (kind === 'migration' || kind === 'incident' || attributes['database'] !== undefined) {
    return 'rearguard database-performance-tracker incident-mode';
  }
  return null;
}
