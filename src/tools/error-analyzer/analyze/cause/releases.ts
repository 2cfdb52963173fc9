import { quoteUnlessPlain } from '../../../../core/text.ts';
import type { LogWindow } from '../model.ts';
import type { Draft } from './draft.ts';
import { part } from './draft.ts';
import { chanceOf, oddsOfTiming } from './coincidence.ts';
import type { IncidentFacts } from './facts.ts';
import { clock, MINUTE_MS } from '../minutes.ts';

/** Names of the field that says which build wrote a record. */
export const RELEASE_FIELDS: ReadonlySet<string> = new Set([
  'release',
  'version',
  'app_version',
  'service.version',
  'build',
]);
const ENOUGH_ROWS = 8;
/** A release is compared where it has a part of the traffic, not all of it and not next to none. */
const ALL = 0.9;
const FEW = 0.03;
const SEEN_LATE_MS = 3 * MINUTE_MS;

export interface Verdict {
  value: number;
  evidence: string[];
  counterCheck: string;
}

export interface ReleaseContrast {
  /** Whether errors since the onset come from this release more than its traffic does; null where records do not tell. */
  of(release: string | null): Verdict | null;
}

interface Tally {
  errors: number;
  errorRows: number;
  traffic: number;
  trafficRows: number;
}

/** Compares releases that ran side by side after the onset: what an old build does as often, the new one did not bring. */
export function contrastReleases(facts: IncidentFacts): ReleaseContrast {
  const ids = new Set(facts.groups.map(({ id }) => id));
  const tallies = new Map<string, Tally>();
  const total: Tally = { errors: 0, errorRows: 0, traffic: 0, trafficRows: 0 };
  for (const { atMs, weight, group, fields } of facts.window.attributes) {
    const release = releaseOf(fields);
    if (release === null || atMs < facts.onset.atMs || atMs > facts.endMs) continue;
    if (group !== null && !ids.has(group)) continue;
    const tally = tallies.get(release) ?? { errors: 0, errorRows: 0, traffic: 0, trafficRows: 0 };
    tallies.set(release, tally);
    for (const one of [tally, total]) {
      if (group === null) {
        one.traffic += weight;
        one.trafficRows += 1;
      } else {
        one.errors += weight;
        one.errorRows += 1;
      }
    }
  }
  return { of: (release) => (release === null ? null : verdict(release, tallies.get(release), total)) };
}

function verdict(release: string, tally: Tally | undefined, total: Tally): Verdict | null {
  if (total.errorRows < ENOUGH_ROWS || total.trafficRows < ENOUGH_ROWS) return null;
  const ofErrors = (tally?.errors ?? 0) / total.errors;
  const ofTraffic = (tally?.traffic ?? 0) / total.traffic;
  const figures = `${shown(ofErrors)} of the errors and ${shown(ofTraffic)} of the traffic are on ${quoteUnlessPlain(release, 60)}`;
  if (ofTraffic >= ALL) {
    return {
      value: 0,
      evidence: [figures],
      counterCheck: `Do other releases fail as often? Nothing to compare with: ${figures}.`,
    };
  }
  if (ofErrors >= 0.5 && ofErrors >= 2 * ofTraffic) {
    const value = 0.35 * Math.min(1, (ofErrors - ofTraffic) / (1 - ofTraffic));
    return { value, evidence: [figures], counterCheck: `Do other releases fail as often? No: ${figures}.` };
  }
  if (ofTraffic < FEW && ofErrors >= FEW) return null;
  const value =
    ofErrors < 0.5 * ofTraffic || ofTraffic < FEW ? -0.35 : -0.3 * (1 - Math.max(0, ofErrors - ofTraffic));
  return { value, evidence: [figures], counterCheck: `Do other releases fail as often? Yes: ${figures}.` };
}

/** A release that nobody marked, but that records show for the first time shortly before the onset. */
export function unmarkedReleases(
  facts: IncidentFacts,
  marked: ReadonlySet<string>,
  contrast: ReleaseContrast,
): Draft[] {
  const first = firstSightings(facts.window);
  const begins = [...first.values()];
  // What is there at the beginning of the window was there before it.
  const settledMs = facts.window.fromMs + 10 * MINUTE_MS;
  const perMs =
    Math.max(1, begins.filter((atMs) => atMs > settledMs).length) /
    Math.max(MINUTE_MS, facts.window.toMs - facts.window.fromMs);
  return [...first].flatMap(([release, atMs]): Draft[] => {
    if (marked.has(release) || atMs <= settledMs) return [];
    const timing = chanceOf(oddsOfTiming(Math.min(atMs, facts.onset.fromMs), facts.onset, perMs));
    // Samples show a release only some time after its first record.
    if (timing < 0.1 || atMs > facts.onset.toMs + SEEN_LATE_MS) return [];
    const judged = contrast.of(release);
    return [
      {
        kind: 'deploy',
        title: `Release ${quoteUnlessPlain(release, 60)}, first seen in the log at ${clock(atMs)}`,
        parts: [
          part('time', 0.45 * timing),
          part('never seen before it', facts.isNew ? 0.1 : 0),
          part('releases compared', judged?.value ?? 0),
        ],
        evidence: [
          `no record of ${quoteUnlessPlain(release, 60)} before ${clock(atMs)}`,
          ...(judged?.evidence ?? []),
        ],
        counterCheck:
          judged?.counterCheck ??
          'Do other releases fail as often? Too few records say which one they are from.',
        next: 'rearguard deploy mark',
        about: [`release ${release}`],
      },
    ];
  });
}

function firstSightings({ attributes }: LogWindow): Map<string, number> {
  const first = new Map<string, number>();
  for (const { atMs, fields } of attributes) {
    const release = releaseOf(fields);
    if (release !== null) first.set(release, Math.min(atMs, first.get(release) ?? atMs));
  }
  return first;
}

export function releaseOf(fields: Readonly<Record<string, string>>): string | null {
  for (const name of RELEASE_FIELDS) if (Object.hasOwn(fields, name)) return fields[name] ?? null;
  return null;
}

function shown(share: number): string {
  return `${Math.round(share * 100)} %`;
}
