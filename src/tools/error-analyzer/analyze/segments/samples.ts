import type { Redactor } from '../../../../core/redact.ts';
import type { LogLevel } from '../../../../core/log/level.ts';
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
  const { rank, atMs, timeless, level, text, fields, stream } = sample;
  const known = { rank, atMs, timeless, level };
  if (typeof text === 'string') return { ...known, text, fields, stream };
  return { ...known, text: redact.text(cleanText(text)), fields: redact.deep(sorted(fields)), stream };
}

/** Whole characters only, invalid ones replaced, no escape sequences or other control characters but tab and line end. */
function cleanText(bytes: Uint8Array): string {
  return (
    new TextDecoder()
      .decode(bytes, { stream: true })
      // oxlint-disable-next-line no-control-regex -- they are what is taken out
      .replace(/\u001B(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])|[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g, '')
  );
}

function sorted(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
