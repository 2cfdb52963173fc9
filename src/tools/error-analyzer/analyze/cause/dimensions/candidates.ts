import { quoteUnlessPlain } from '../../../../../core/text.ts';
import type { Draft } from '../draft.ts';
import { part } from '../draft.ts';
import type { IncidentFacts } from '../facts.ts';
import { clock } from '../../minutes.ts';
import { RELEASE_FIELDS } from '../releases.ts';
import { type Observations, readObservations } from './observations.ts';
import { nameOf } from './names.ts';
import { PLACES } from './reference.ts';
import { type FoundSet, type Search, searchSets } from './search.ts';
import { type FieldSet, filterRows, isInside, type Term, weightsByValue } from './sets.ts';
import { trafficSurges } from './surge.ts';

/** Where the errors have not, a part of this size is searched for a set of its own. */
const WORTH_ANOTHER_LOOK = 0.25;
/** Two fields that agree on this share of records are two names of one thing. */
const SAME_THING = 0.95;
/** Rows of traffic that must show it. */
const MIN_AGREEING = 5;
/** Where two readings are as likely, the one with the field that people act on is told first. */
const PREFERRED: readonly string[] = ['host', 'tenant', 'region', 'release'];

export interface DimensionFindings {
  drafts: readonly Draft[];
  notes: readonly string[];
}

/** Fields, alone or together, whose mix among the errors differs from what was to be expected. */
export function dimensionCandidates(facts: IncidentFacts): DimensionFindings {
  const seen = readObservations(facts.window.attributes, {
    groups: new Set(facts.groups.map(({ id }) => id)),
    fromMs: facts.usualFromMs,
    changeMs: facts.onset.atMs,
    toMs: facts.endMs,
  });
  if (seen.fields.length === 0)
    return { drafts: [], notes: ['The records have no fields that could be compared.'] };
  const search = searchSets(seen);
  if (search.tooFew)
    return { drafts: [], notes: ['Too few records with fields to compare where the errors are.'] };
  const [best, ...rest] = preferred(
    search.found.map((found) => ({ ...found, set: withoutImplied(found.set, seen) })),
    seen,
  );
  const surges = trafficSurges(facts, seen);
  if (best === undefined) return { drafts: surges, notes: surges.length > 0 ? [] : [evenly(seen, search)] };
  const drafts = [describe(best, { facts, seen, search })];
  const runnerUp = rest.find((other) => isDifferent(other.set, best.set, seen));
  if (runnerUp !== undefined) drafts.push(lowered(describe(runnerUp, { facts, seen, search }), best, seen));
  const second = secondSet(best, seen);
  if (second !== undefined) drafts.push(describe(second, { facts, seen, search }));
  return { drafts: [...drafts, ...surges], notes: [] };
}

function preferred(found: readonly FoundSet[], { fields }: Observations): FoundSet[] {
  const rank = ({ set }: FoundSet): number =>
    Math.min(
      ...set.map(
        ({ field }) =>
          (PREFERRED.indexOf(fields[field] ?? '') + PREFERRED.length + 1) % (PREFERRED.length + 1),
      ),
    );
  const top = found[0]?.net ?? 0;
  const asGood = found.filter(({ net, set }) => net >= top - 2 && set.length === found[0]?.set.length);
  const first = asGood.toSorted((a, b) => rank(a) - rank(b))[0];
  return first === undefined ? [] : [first, ...found.filter((one) => one !== first)];
}

/** Without terms that the others bring along anyway: the zone of a host. */
function withoutImplied(set: FieldSet, seen: Observations): FieldSet {
  let kept = set;
  for (const term of set) {
    const others = kept.filter((other) => other !== term);
    if (others.length > 0 && impliesIn(others, [term], seen)) kept = others;
  }
  return kept;
}

/** Whether it tells of other fields: not a part of the set, nor the set with something added. */
function isDifferent(set: FieldSet, best: FieldSet, seen: Observations): boolean {
  const names = (terms: FieldSet): Set<number> => new Set(terms.map(({ field }) => field));
  const taken = names(best);
  const implied = set.every((term) => holdsInside(term, best, seen));
  return !implied && [...names(set)].every((field) => !taken.has(field));
}

/** A second reading of the same records. */
function lowered(draft: Draft, best: FoundSet, seen: Observations): Draft {
  return { ...draft, parts: [...draft.parts, part(`less than ${nameOf(best.set, seen)}`, -0.3)] };
}

function secondSet(best: FoundSet, seen: Observations): FoundSet | undefined {
  if (1 - best.explained < WORTH_ANOTHER_LOOK) return undefined;
  const fieldCount = seen.fields.length;
  const outside = (rows: Observations['errorsAfter']): Observations['errorsAfter'] =>
    filterRows(rows, fieldCount, (row) => isInside(best.set, rows, row, fieldCount) !== true);
  const rest = { ...seen, errorsAfter: outside(seen.errorsAfter), errorsBefore: outside(seen.errorsBefore) };
  const [found] = searchSets(rest).found;
  if (found === undefined) return undefined;
  return {
    ...found,
    set: withoutImplied(found.set, seen),
    explained: found.explained * (1 - best.explained),
  };
}

interface Context {
  facts: IncidentFacts;
  seen: Observations;
  search: Search;
}

function describe({ set, explained, expected, net }: FoundSet, { facts, seen, search }: Context): Draft {
  const name = nameOf(set, seen);
  const lift = explained / Math.max(expected, 1e-6);
  const aliases = aliasesOf(set, seen);
  const isRelease = [...set, ...aliases].find(({ field }) => RELEASE_FIELDS.has(seen.fields[field] ?? ''));
  const releases =
    isRelease?.values.map((value) => `release ${seen.values[isRelease.field]?.[value] ?? ''}`) ?? [];
  const compared = search.reference.hasPast
    ? 'what these errors looked like before and where traffic is'
    : 'where traffic is';
  return {
    kind: 'dimension',
    title: `${explained >= 0.9 ? 'only' : 'mostly'} ${name}`,
    parts: [
      part('explains the increase', 0.4 * explained),
      part('surprise', 0.3 * (1 - Math.exp(-net / 15))),
      part('others unchanged', 0.2 * Math.max(0, 1 - 2 * (1 - explained))),
      part('narrow', 0.1 * (1 - expected)),
    ],
    evidence: [
      `${shown(explained)} of the increase is there; ${shown(expected)} was to be expected from ${compared} (${lift >= 100 ? 'over 100' : lift.toPrecision(2)} times)`,
      ...(aliases.length === 0
        ? []
        : [`the same records also have ${aliases.map((term) => nameOf([term], seen)).join(', ')}`]),
      ...(search.reference.standardisedBy.length === 0
        ? []
        : [`compared with traffic of the same ${search.reference.standardisedBy.join(' and ')}`]),
    ],
    counterCheck:
      explained >= 0.9
        ? `Do others fail as well since ${clock(facts.onset.atMs)}? Hardly: ${shown(1 - explained)} of the increase.`
        : `Do others fail as well since ${clock(facts.onset.atMs)}? Yes: ${shown(1 - explained)} of the increase, so this is not all of it.`,
    next: null,
    about: releases,
    narrowedTo: narrowing(set, seen, explained),
  };
}

/** What the set says beside the release. */
function narrowing(set: FieldSet, seen: Observations, explained: number): string | null {
  const rest = set.filter(({ field }) => !RELEASE_FIELDS.has(seen.fields[field] ?? ''));
  if (rest.length === 0 || rest.length === set.length) return null;
  return `${explained >= 0.9 ? 'only' : 'mostly'} ${nameOf(rest, seen)}`;
}

/** Fields outside the set that say the same: nearly all records inside have the value, and nearly nobody else has. */
function aliasesOf(set: FieldSet, seen: Observations): Term[] {
  const fieldCount = seen.fields.length;
  const taken = new Set(set.map(({ field }) => field));
  const inside = filterRows(
    seen.errorsAfter,
    fieldCount,
    (row) => isInside(set, seen.errorsAfter, row, fieldCount) === true,
  );
  return seen.fields.flatMap((name, field): Term[] => {
    if (taken.has(field) || PLACES.has(name)) return [];
    const byValue = [...weightsByValue(inside, field, fieldCount)].toSorted((a, b) => b[1] - a[1]);
    const carried = byValue.reduce((sum, [, weight]) => sum + weight, 0);
    const [top] = byValue;
    if (top === undefined || top[1] < SAME_THING * carried) return [];
    const term = { field, values: [top[0]] };
    return agree(term, set, seen) ? [term] : [];
  });
}

/** Among traffic with the value, nearly all is inside the set. */
function agree(term: Term, set: FieldSet, seen: Observations): boolean {
  return impliesIn([term], set, seen);
}

/** Whoever is inside the set has the value as well: a zone of a host says no more than the host. */
function holdsInside(term: Term, set: FieldSet, seen: Observations): boolean {
  return set.some((own) => impliesIn([own], [term], seen)) || impliesIn(set, [term], seen);
}

function impliesIn(
  given: FieldSet,
  then: FieldSet,
  { fields, trafficBefore, trafficAfter }: Observations,
): boolean {
  let both = 0;
  let either = 0;
  for (const rows of [trafficBefore, trafficAfter]) {
    for (let row = 0; row < rows.count; row += 1) {
      if (isInside(given, rows, row, fields.length) !== true) continue;
      either += 1;
      if (isInside(then, rows, row, fields.length) === true) both += 1;
    }
  }
  return either >= MIN_AGREEING && both >= SAME_THING * either;
}

function evenly({ fields }: Observations, { reference }: Search): string {
  const names = fields.filter((name) => reference.hasPast || !PLACES.has(name)).slice(0, 6);
  return names.length === 0
    ? 'The records have no fields that could be compared, beside where in the code they are from.'
    : `The errors are spread as traffic is over ${names.map((name) => quoteUnlessPlain(name, 40)).join(', ')}.`;
}

function shown(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 1 ? 'under 1 %' : `${Math.round(percent)} %`;
}
