import type { Incident } from '../detect/types.ts';
import type { ErrorGroup, LogWindow } from '../model.ts';
import { type ChangePoint, findChangePoint } from './change-point.ts';
import { countBetween, MINUTE_MS, minuteOf } from '../minutes.ts';
import { matchSignatures, type SignatureMatch, textOfGroup } from './signatures/match.ts';
import { type Topic, topicsOfText } from './topics.ts';
import type { CauseInput } from './types.ts';

/** What every kind of evidence is held against. */
export interface IncidentFacts {
  incident: Incident;
  window: LogWindow;
  /** Those of the incident that the window has, the ones that grew most first. */
  groups: readonly ErrorGroup[];
  changePoint: ChangePoint | null;
  /** The change point or, without one, the detector's word with the minutes before it. */
  onset: ChangePoint;
  /** Where looking for effects ends. */
  endMs: number;
  /** Minutes before the onset that say what was usual begin here. */
  usualFromMs: number;
  /** Records of each group since the onset above what was usual, never below 1. */
  increases: readonly number[];
  /** No group had a record before the onset. */
  isNew: boolean;
  /** Titles and samples. Untrusted. */
  text: string;
  signatures: readonly SignatureMatch[];
  topics: ReadonlySet<Topic>;
}

const USUAL_MS = 6 * 60 * MINUTE_MS;
const LOOK_MS = 60 * MINUTE_MS;
const UNSURE_MS = 10 * MINUTE_MS;

export function gatherFacts({ incident, window }: CauseInput): IncidentFacts {
  const named = new Set(incident.detections.map(({ group }) => group));
  const found = window.groups.filter(({ id }) => named.has(id));
  const changePoint = findChangePoint(incident, found, window);
  const onset = changePoint ?? {
    atMs: incident.fromMs,
    fromMs: incident.fromMs - UNSURE_MS,
    toMs: incident.fromMs + MINUTE_MS,
  };
  const endMs = Math.min(
    window.toMs,
    onset.atMs + LOOK_MS,
    Math.max(incident.toMs + MINUTE_MS, onset.atMs + UNSURE_MS),
  );
  const usualFromMs = Math.max(window.fromMs, onset.atMs - USUAL_MS);
  const span = { usualFromMs, atMs: onset.atMs, endMs };
  const grown = found
    .map((group) => ({ group, increase: increaseOf(group, span) }))
    .toSorted((a, b) => b.increase - a.increase);
  const groups = grown.map(({ group }) => group);
  const increases = grown.map(({ increase }) => increase);
  const signatures = matchSignatures(groups, increases);
  const titles = groups.map(({ title }) => title).join('\n');
  return {
    incident,
    window,
    groups,
    changePoint,
    onset,
    endMs,
    usualFromMs,
    increases,
    isNew: groups.length > 0 && groups.every(({ firstMs }) => firstMs >= onset.fromMs),
    text: groups.map(textOfGroup).join('\n'),
    signatures,
    topics: new Set([...topicsOfText(titles), ...signatures.flatMap(({ signature }) => signature.topics)]),
  };
}

function increaseOf(
  { minutes }: ErrorGroup,
  { usualFromMs, atMs, endMs }: { usualFromMs: number; atMs: number; endMs: number },
): number {
  const from = minuteOf(usualFromMs);
  const at = minuteOf(atMs);
  const end = minuteOf(endMs) + 1;
  const usual = (countBetween(minutes, from, at) / Math.max(1, at - from)) * (end - at);
  return Math.max(1, countBetween(minutes, at, end) - usual);
}
