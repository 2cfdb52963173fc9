import { levelName, type LogLevel } from '../../../../core/log/level.ts';
import type { AttributeSample, ErrorGroup, FieldMix, RecordSample } from '../model.ts';
import { commonTitle } from './common-title.ts';
import { addCounts, sumOf, type Counts } from './counts.ts';
import { createDistinct, distinctCount, mergeDistinct } from './distinct.ts';
import type { Families } from './families.ts';
import { mergeFields, type FieldTallies, type FieldTally } from './fields.ts';
import { addRelease, releasesInOrder, type GroupTally } from './groups.ts';
import { createSamples, mergeSamples, type Sample } from './samples.ts';
import { weighted, type WindowRange } from './weights.ts';
import { MINUTE_MS } from '../minutes.ts';

const MIX_VALUES = 20;

/** A group of the window while its segments are taken in. */
export interface WindowGroup {
  id: string;
  /** The group's own, where it was seen; else that of its most frequent member. */
  told: GroupTally;
  toldCount: number;
  members: Set<string>;
  titles: Set<string>;
  level: LogLevel;
  firstMs: number;
  lastMs: number;
  minutes: Counts;
  users: ReturnType<typeof createDistinct>;
  requests: ReturnType<typeof createDistinct>;
  fields: FieldTallies;
  releases: Map<string, number>;
  samples: ReturnType<typeof createSamples>;
  attributes: AttributeSample[];
}

export function createWindowGroup(id: string, told: GroupTally): WindowGroup {
  return {
    id,
    told,
    toldCount: 0,
    members: new Set(),
    titles: new Set(),
    level: 0,
    firstMs: Number.POSITIVE_INFINITY,
    lastMs: Number.NEGATIVE_INFINITY,
    minutes: new Map(),
    users: createDistinct(),
    requests: createDistinct(),
    fields: new Map(),
    releases: new Map(),
    samples: createSamples(true),
    attributes: [],
  };
}

export function takeIntoGroup(
  group: WindowGroup,
  tally: GroupTally,
  minutes: Counts,
  range: WindowRange,
): void {
  const count = sumOf(minutes);
  const isOwn = tally.id === group.id;
  if (isOwn ? group.told.id !== group.id : group.told.id !== group.id && count > group.toldCount) {
    group.told = tally;
    group.toldCount = count;
  }
  if (!isOwn) group.members.add(tally.id);
  if (tally.shape !== null && group.titles.size < MAX_TITLES) group.titles.add(tally.title);
  if (tally.level > group.level) group.level = tally.level;
  group.firstMs = Math.min(group.firstMs, firstWithin(tally, minutes, range));
  group.lastMs = Math.max(group.lastMs, lastWithin(tally, minutes, range));
  addCounts(group.minutes, minutes);
  mergeSamples(group.samples, tally.samples);
  const { details } = tally;
  if (details === null) return;
  mergeDistinct(group.users, details.users);
  mergeDistinct(group.requests, details.requests);
  mergeFields(group.fields, details.fields);
  for (const [release, firstMs] of details.releases) addRelease(group.releases, release, firstMs);
  for (const sample of weighted(details.attributes, tally.minutes, range)) {
    group.attributes.push({ ...sample, group: group.id });
  }
}

const MAX_TITLES = 50;

function firstWithin({ firstMs }: GroupTally, minutes: Counts, { fromMs }: WindowRange): number {
  return firstMs >= fromMs ? firstMs : Math.max(fromMs, Math.min(...minutes.keys()) * MINUTE_MS);
}

function lastWithin({ lastMs }: GroupTally, minutes: Counts, { toMs }: WindowRange): number {
  return lastMs < toMs ? lastMs : Math.min(toMs, (Math.max(...minutes.keys()) + 1) * MINUTE_MS) - 1;
}

export function finishWindowGroup(group: WindowGroup, families: Families): ErrorGroup {
  const { told } = group;
  const hosts = group.fields.get('host');
  const count = sumOf(group.minutes);
  return {
    id: group.id,
    kind: told.kind,
    title: families.titleOf(group.id) ?? commonTitle(told.title, group.titles),
    culprit: told.culprit,
    level: levelName(group.level),
    isError: told.isError,
    count,
    firstMs: group.firstMs,
    lastMs: group.lastMs,
    minutes: [...group.minutes].toSorted(([a], [b]) => a - b),
    users: atMost(count, distinctCount(group.users)),
    hosts: atMost(count, hosts === undefined ? 0 : distinctCount(hosts.distinct)),
    requests: atMost(count, distinctCount(group.requests)),
    fields: [...group.fields.values()]
      .toSorted((a, b) => (a.field < b.field ? -1 : 1))
      .map((tally) => mixOf(tally, group.attributes)),
    samples: samplesOf(group),
    releases: releasesInOrder(group.releases).map(([release]) => release),
    merged: [...group.members]
      .toSorted((a, b) => (a < b ? -1 : 1))
      .map((id) => ({ id, reason: families.reasonOf(id) ?? 'merged' })),
  };
}

/** An estimate may be above what is possible; none means that no record has the field. */
function atMost(count: number, distinct: number): number | null {
  return distinct === 0 ? null : Math.min(count, distinct);
}

function mixOf(
  { field, count, distinct, values }: FieldTally,
  attributes: readonly AttributeSample[],
): FieldMix {
  const counted = values ?? estimatedValues(field, count, attributes);
  const top = [...counted]
    .toSorted(([one, a], [other, b]) => b - a || (one < other ? -1 : 1))
    .slice(0, MIX_VALUES);
  const told = top.reduce((sum, [, of]) => sum + of, 0);
  return {
    field,
    values: top.map(([value, of]) => ({ value, count: of })),
    others: Math.max(0, count - told),
    distinct: distinctCount(distinct),
  };
}

/** From the sample of attributes: of a value that was seen only once in it nothing is said. */
function estimatedValues(
  field: string,
  count: number,
  attributes: readonly AttributeSample[],
): Map<string, number> {
  const seen = new Map<string, { weight: number; samples: number }>();
  let weights = 0;
  for (const { fields, weight } of attributes) {
    const value = Object.hasOwn(fields, field) ? fields[field] : undefined;
    if (value === undefined) continue;
    weights += weight;
    const known = seen.get(value);
    if (known === undefined) seen.set(value, { weight, samples: 1 });
    else {
      known.weight += weight;
      known.samples += 1;
    }
  }
  return new Map(
    [...seen]
      .filter(([, { samples }]) => samples > 1)
      .map(([value, { weight }]) => [value, Math.round((count * weight) / weights)]),
  );
}

function samplesOf({ samples }: WindowGroup): RecordSample[] {
  const all = new Map<number, Sample>();
  for (const sample of [...samples.newest, ...samples.ranked.entries]) all.set(sample.rank, sample);
  return [...all.values()].map(({ atMs, timeless, level, text, fields, stream }) => ({
    atMs: timeless ? null : atMs,
    level: levelName(level),
    text: typeof text === 'string' ? text : '',
    fields,
    stream,
  }));
}
