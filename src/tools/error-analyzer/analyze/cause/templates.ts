import { formatDuration } from '../../../../core/duration.ts';
import { oneLine, quoteForeign, quoteUnlessPlain } from '../../../../core/text.ts';
import type { ErrorGroup } from '../model.ts';
import { chanceOf, oddsOfTiming } from './coincidence.ts';
import { type Draft, part } from './draft.ts';
import type { IncidentFacts } from './facts.ts';
import { mentions } from './mentions.ts';
import { clock, countBetween, MINUTE_MS, minuteOf } from '../minutes.ts';

const LOOK_BACK_MS = 15 * MINUTE_MS;
/** What appears in the first part of a window was likely there before it. */
const WARM_UP = 0.1;
/** Words of a change of state or a setting: lines that say that something was done. */
const CHANGE_WORDS =
  /\b(?:enabl|disabl|activat|switch|toggl|chang|reload|appl(?:y|ied)|migrat|failover|failing over|promot|demot|restart|start(?:ed|ing)|stopp|shut|scal|rotat|upgrad|downgrad|deploy|roll(?:ed|ing)|install|remov|evict|purg|drop|truncat|config|setting|feature|flag|leader|primary|replica|maintenance|backup|vacuum|reindex|cron|schedul|expir|revok|read-only)/i;
const TROUBLE_WORDS =
  /\b(?:exhaust|full|open(?:ed|ing)? circuit|circuit|limit|lost|unreachable|unavailable|degrad|slow|overload|lag|behind|refus|deny|denied)/i;
/** A line that goes on at this share of the errors' rate, from the same minute, comes with them. */
const SYMPTOM_SHARE = 0.3;
/** A regular line: so many before, and so long a silence that chance would bring once in a million. */
const MIN_REGULAR = 10;
const MIN_EXPECTED = 14;

/** Lines that were never seen before the minutes of the onset, and regular ones that ended there. */
export function templateCandidates(facts: IncidentFacts): Draft[] {
  const own = new Set(facts.groups.map(({ id }) => id));
  const others = facts.window.groups.filter(({ id }) => !own.has(id));
  return [...newTemplates(facts, others), ...vanishedTemplates(facts, others)];
}

function newTemplates(facts: IncidentFacts, others: readonly ErrorGroup[]): Draft[] {
  const { window, onset } = facts;
  const lengthMs = Math.max(MINUTE_MS, window.toMs - window.fromMs);
  const settledMs = window.fromMs + WARM_UP * lengthMs;
  const fresh = others.filter(({ firstMs }) => firstMs > settledMs);
  const near = (group: ErrorGroup): boolean =>
    group.firstMs >= onset.fromMs - LOOK_BACK_MS && group.firstMs <= onset.toMs;
  // Those that the incident itself brings along must not make new lines look common.
  const elsewhere = fresh.filter(
    (group) => !near(group) && (group.firstMs < onset.fromMs || group.firstMs > facts.endMs),
  );
  const perMs = Math.max(1, elsewhere.length) / lengthMs;
  return fresh
    .filter((group) => near(group) && !isSymptom(group, facts))
    .map((group) => describeNew(group, facts, perMs));
}

/** It begins with the errors and goes on beside them. */
function isSymptom(group: ErrorGroup, { onset, endMs, increases, groups }: IncidentFacts): boolean {
  const errors = Math.max(1, ...increases);
  const at = minuteOf(onset.atMs);
  const during = countBetween(group.minutes, at, minuteOf(endMs) + 1);
  const firstError = Math.min(
    ...groups.map(({ minutes, firstMs }) => Math.max(firstMs, (minutes[0]?.[0] ?? 0) * MINUTE_MS)),
  );
  const clearlyBefore = group.firstMs < Math.max(onset.fromMs, Math.min(firstError, onset.atMs)) - MINUTE_MS;
  return during >= SYMPTOM_SHARE * errors && during >= 5 && !clearlyBefore;
}

function describeNew(group: ErrorGroup, facts: IncidentFacts, perMs: number): Draft {
  const timing = chanceOf(oddsOfTiming(group.firstMs, facts.onset, perMs));
  const isChange = CHANGE_WORDS.test(group.title);
  const isTrouble = TROUBLE_WORDS.test(group.title) || group.isError || group.level === 'warn';
  const link = linkOf(group, facts);
  const told = isChange || isTrouble ? 0.1 : 0;
  return {
    kind: 'new-template',
    title: `${quoteForeign(group.title, 120)}, for the first time at ${clock(group.firstMs)}`,
    parts: [
      part('time', 0.3 * timing),
      part(isChange ? 'speaks of a change' : 'speaks of trouble', told),
      part('linked', link === null ? 0 : 0.2),
    ],
    evidence: [
      `${group.count} of it since; never between ${clock(facts.window.fromMs)} and then`,
      `the errors began between ${clock(facts.onset.fromMs)} and ${clock(facts.onset.toMs)}`,
      ...(link === null ? [] : [link]),
    ],
    counterCheck:
      perMs * 60 * MINUTE_MS >= 1
        ? `Are new lines rare here? No: about ${Math.round(perMs * 60 * MINUTE_MS)} an hour, so this one may be chance.`
        : 'Are new lines rare here? Yes: less than one an hour.',
    next: `rearguard errors show ${group.id}`,
    about: [],
  };
}

/** What line and errors have in common, beside the time. */
function linkOf(group: ErrorGroup, { groups, text }: IncidentFacts): string | null {
  const place = commonPlace(group, groups);
  if (place !== null) return `from the same ${place}`;
  const words = oneLine(group.title)
    .split(/[^\p{L}\p{N}_.-]+/u)
    .filter((word) => word.length >= 6 && !CHANGE_WORDS.test(word) && !TROUBLE_WORDS.test(word));
  const shared = words.find((word) => mentions(text, word) === 1);
  return shared === undefined ? null : `both speak of ${quoteUnlessPlain(shared, 40)}`;
}

const LINKING: readonly string[] = ['host', 'tenant'];

/** A field that has one value in the line and mostly the same in the errors, where it has several in general. */
function commonPlace(group: ErrorGroup, groups: readonly ErrorGroup[]): string | null {
  for (const name of LINKING) {
    const own = group.fields.find(({ field }) => field === name);
    const value = own?.values[0]?.value;
    if (own === undefined || own.distinct !== 1 || value === undefined) continue;
    const mixes = groups.flatMap(({ fields }) => fields.filter(({ field }) => field === name));
    const top = mixes.filter(({ values }) => values[0]?.value === value);
    const share = (mix: (typeof mixes)[number]): number =>
      (mix.values[0]?.count ?? 0) /
      Math.max(1, mix.others + mix.values.reduce((sum, { count }) => sum + count, 0));
    if (mixes.length > 0 && top.length === mixes.length && top.every((mix) => share(mix) >= 0.8)) {
      return `${name} ${quoteUnlessPlain(value, 60)}`;
    }
  }
  return null;
}

function vanishedTemplates(facts: IncidentFacts, others: readonly ErrorGroup[]): Draft[] {
  const { onset, endMs, usualFromMs } = facts;
  const at = minuteOf(onset.atMs);
  const from = minuteOf(usualFromMs);
  const found = others.flatMap((group): { draft: Draft; early: boolean }[] => {
    const before = countBetween(group.minutes, from, at);
    const perMinute = before / Math.max(1, at - from);
    const lastMinute = lastBefore(group, minuteOf(endMs));
    const silence = minuteOf(endMs) - lastMinute;
    if (before < MIN_REGULAR || perMinute * silence < MIN_EXPECTED) return [];
    const endedMs = (lastMinute + 1) * MINUTE_MS;
    if (endedMs < onset.fromMs - LOOK_BACK_MS - 2 * periodMs(perMinute) || lastMinute > minuteOf(onset.toMs))
      return [];
    const early = endedMs + periodMs(perMinute) < onset.fromMs;
    return [{ draft: describeVanished(group, { facts, perMinute, endedMs, early }), early }];
  });
  // Many that end at once are what stopped working, not why.
  return found.length > 3 ? [] : found.map(({ draft }) => draft);
}

function lastBefore({ minutes }: ErrorGroup, endMinute: number): number {
  let last = Number.NEGATIVE_INFINITY;
  for (const [minute] of minutes) if (minute <= endMinute) last = minute;
  return last;
}

function periodMs(perMinute: number): number {
  return MINUTE_MS / perMinute;
}

function describeVanished(
  group: ErrorGroup,
  {
    facts,
    perMinute,
    endedMs,
    early,
  }: { facts: IncidentFacts; perMinute: number; endedMs: number; early: boolean },
): Draft {
  const link = linkOf(group, facts);
  return {
    kind: 'vanished-template',
    title: `${quoteForeign(group.title, 120)} no longer since ${clock(endedMs)}`,
    parts: [
      part('time', 0.3),
      part('ended before the errors began', early ? 0.15 : 0),
      part('linked', link === null ? 0 : 0.15),
    ],
    evidence: [
      `one every ${formatDuration(periodMs(perMinute))} before, none since`,
      `the errors began between ${clock(facts.onset.fromMs)} and ${clock(facts.onset.toMs)}`,
      ...(link === null ? [] : [link]),
    ],
    counterCheck: early
      ? 'Did it end because of the errors? Hardly: it ended before them.'
      : 'Did it end because of the errors? It may have: it ended with them.',
    next: `rearguard errors show ${group.id}`,
    about: [],
  };
}
