import type { AttributeSample, ErrorGroup, LogWindow } from '../model.ts';

const RELEASE = 'release';

/** A record of a group whose time and release are known; kept ones only, so not all there were. */
export interface Sighting {
  atMs: number;
  release: string | null;
}

/** Attribute samples by their group, so that no detector searches all of them. */
export function attributesByGroup({
  attributes,
}: LogWindow): ReadonlyMap<string, readonly AttributeSample[]> {
  const byGroup = new Map<string, AttributeSample[]>();
  for (const sample of attributes) {
    if (sample.group === null) continue;
    const samples = byGroup.get(sample.group);
    if (samples === undefined) byGroup.set(sample.group, [sample]);
    else samples.push(sample);
  }
  return byGroup;
}

/** Kept records of the group after a time, oldest first. */
export function sightingsAfter(
  group: Pick<ErrorGroup, 'samples'>,
  attributes: readonly AttributeSample[],
  afterMs: number,
): Sighting[] {
  const sightings: Sighting[] = [];
  for (const { atMs, fields } of [...group.samples, ...attributes]) {
    if (atMs !== null && atMs > afterMs) {
      sightings.push({ atMs, release: Object.hasOwn(fields, RELEASE) ? (fields[RELEASE] ?? null) : null });
    }
  }
  return sightings.sort((a, b) => a.atMs - b.atMs);
}
