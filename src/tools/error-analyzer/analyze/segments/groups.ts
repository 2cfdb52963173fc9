import type { LogLevel } from '../../../../core/log/level.ts';
import type { GroupKind } from '../model.ts';
import { createAttributes, mergeAttributes, type Attributes } from './attributes.ts';
import { addCounts, type Counts } from './counts.ts';
import { createDistinct, mergeDistinct, type Distinct } from './distinct.ts';
import { mergeFields, type FieldTallies } from './fields.ts';
import { LIMIT } from './limits.ts';
import { createSamples, mergeSamples, type Samples } from './samples.ts';

/** What a group is, whatever its records are. */
export interface GroupIdentity {
  id: string;
  kind: GroupKind;
  shape: { key: string; canonical: string } | null;
  title: string;
  culprit: string | null;
}

export interface GroupTally extends GroupIdentity {
  isError: boolean;
  level: LogLevel;
  firstMs: number;
  lastMs: number;
  minutes: Counts;
  samples: Samples;
  details: GroupDetails | null;
}

export interface GroupDetails {
  users: Distinct;
  requests: Distinct;
  fields: FieldTallies;
  /** First sighting by release. */
  releases: Map<string, number>;
  attributes: Attributes;
}

export function createGroupTally(
  identity: GroupIdentity,
  isError: boolean,
  attributeStep: number,
): GroupTally {
  return {
    ...identity,
    isError,
    level: 0,
    firstMs: Number.POSITIVE_INFINITY,
    lastMs: Number.NEGATIVE_INFINITY,
    minutes: new Map(),
    samples: createSamples(isError),
    details: isError ? createDetails(attributeStep) : null,
  };
}

function createDetails(attributeStep: number): GroupDetails {
  return {
    users: createDistinct(),
    requests: createDistinct(),
    fields: new Map(),
    releases: new Map(),
    attributes: createAttributes(attributeStep),
  };
}

/** Title and culprit are those of the earliest record; of two at the same time, the smaller text. */
export function takeTitle(into: GroupTally, from: Pick<GroupTally, 'title' | 'culprit' | 'firstMs'>): void {
  const isEarlier = from.firstMs < into.firstMs;
  if (!isEarlier && (from.firstMs > into.firstMs || textOf(from) >= textOf(into))) return;
  into.title = from.title;
  into.culprit = from.culprit;
}

function textOf({ title, culprit }: Pick<GroupTally, 'title' | 'culprit'>): string {
  return `${title}\n${culprit ?? ''}`;
}

export function mergeGroupTally(into: GroupTally, from: GroupTally): void {
  takeTitle(into, from);
  into.level = from.level > into.level ? from.level : into.level;
  into.firstMs = Math.min(into.firstMs, from.firstMs);
  into.lastMs = Math.max(into.lastMs, from.lastMs);
  addCounts(into.minutes, from.minutes);
  mergeSamples(into.samples, from.samples);
  if (into.details !== null && from.details !== null) mergeDetails(into.details, from.details);
}

function mergeDetails(into: GroupDetails, from: GroupDetails): void {
  mergeDistinct(into.users, from.users);
  mergeDistinct(into.requests, from.requests);
  mergeFields(into.fields, from.fields);
  for (const [release, firstMs] of from.releases) addRelease(into.releases, release, firstMs);
  mergeAttributes(into.attributes, from.attributes);
}

/** Keeps the earliest ones. */
export function addRelease(releases: Map<string, number>, release: string, atMs: number): void {
  const known = releases.get(release);
  if (known !== undefined && known <= atMs) return;
  releases.set(release, atMs);
  if (releases.size <= LIMIT.releases) return;
  const last = releasesInOrder(releases).at(-1);
  if (last !== undefined) releases.delete(last[0]);
}

export function releasesInOrder(releases: ReadonlyMap<string, number>): [release: string, firstMs: number][] {
  return [...releases].toSorted(([one, a], [other, b]) => a - b || (one < other ? -1 : 1));
}
