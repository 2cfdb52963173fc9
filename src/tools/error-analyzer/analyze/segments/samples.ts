import type { Redactor } from '../../../../core/redact.ts';
import type { LogLevel } from '../../../../core/log/level.ts';
import { capText, stripControl } from '../../../../core/text.ts';
import { hideUser } from './hide-user.ts';
import { LIMIT } from './limits.ts';
import { addRanked, createRanked, wouldKeep, type Ranked } from './ranked.ts';
import type { SampleDocument } from './types.ts';

/** A record as it is kept for people. */
export interface Sample {
  rank: number;
  atMs: number;
  timeless: boolean;
  level: LogLevel;
  /** Bytes as they came, until the document is made: most samples are soon replaced by newer ones, and redaction is dear. */
  text: string | Uint8Array;
  fields: Readonly<Record<string, string>>;
  /** Whom the record names as its user; only known until the document is made. */
  user?: string | null;
  stream: string;
}

export interface Samples {
  /** Newest first. */
  newest: Sample[];
  newestLimit: number;
  ranked: Ranked<Sample>;
}

/** Of records that are no errors, one is enough to see what they look like. */
export function createSamples(isError: boolean): Samples {
  return {
    newest: [],
    newestLimit: isError ? LIMIT.newestSamples : 0,
    ranked: createRanked(isError ? LIMIT.rankedSamples : 1),
  };
}

/** Hot. Whether a record of this time and rank would be kept. */
export function wantsSample({ newest, newestLimit, ranked }: Samples, atMs: number, rank: number): boolean {
  return wouldKeep(ranked, rank) || wantsNewest(newest, newestLimit, atMs, rank);
}

function wantsNewest(newest: readonly Sample[], limit: number, atMs: number, rank: number): boolean {
  if (limit === 0) return false;
  if (newest.length < limit) return true;
  const oldest = newest[newest.length - 1];
  return oldest !== undefined && (atMs > oldest.atMs || (atMs === oldest.atMs && rank > oldest.rank));
}

export function addSample(samples: Samples, sample: Sample): void {
  addNewest(samples, sample);
  addRanked(samples.ranked, sample);
}

export function mergeSamples(into: Samples, from: Samples): void {
  for (const sample of from.newest) addNewest(into, sample);
  for (const sample of from.ranked.entries) addRanked(into.ranked, sample);
}

function addNewest({ newest, newestLimit }: Samples, sample: Sample): void {
  let at = 0;
  while (at < newest.length && isNewer(newest[at], sample)) at += 1;
  if (at >= newestLimit || newest[at]?.rank === sample.rank) return;
  newest.splice(at, 0, sample);
  if (newest.length > newestLimit) newest.pop();
}

function isNewer(one: Sample | undefined, other: Sample): boolean {
  if (one === undefined) return false;
  return one.atMs > other.atMs || (one.atMs === other.atMs && one.rank > other.rank);
}

export function sampleDocument(sample: Sample, redact: Redactor): SampleDocument {
  const { rank, atMs, timeless, level, text, fields, user, stream } = sample;
  const known = { rank, atMs, timeless, level };
  if (typeof text === 'string') return { ...known, text, fields, stream };
  // What hides a secret from its pattern goes first: a zero-width character within it.
  const clean = stripControl(new TextDecoder().decode(text, { stream: true }));
  return {
    ...known,
    text: capBytes(redact.text(hideUser(clean, user ?? null)), LIMIT.sampleBytes),
    fields: cleanFields(sorted(fields), redact),
    stream,
  };
}

function cleanFields(
  fields: Readonly<Record<string, string>>,
  redact: Redactor,
): Readonly<Record<string, string>> {
  const clean = redact.deep(
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, stripControl(value)])),
  );
  return Object.fromEntries(
    Object.entries(clean).map(([name, value]) => [name, capText(value, LIMIT.fieldChars)]),
  );
}

/** At most so many bytes of UTF-8, of whole characters. */
function capBytes(text: string, most: number): string {
  if (text.length * 3 <= most) return text;
  const bytes = Buffer.from(text);
  if (bytes.length <= most) return text;
  return new TextDecoder().decode(bytes.subarray(0, most), { stream: true });
}

function sorted(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
