import type { Finding } from '../../../core/finding.ts';
import { isOpen } from '../../../core/report.ts';
import { FELT_RULES } from './rules.ts';

/** An incident is what is new: what has been there longer than this is left out where anything newer hurts. */
export const FRESH_MS = 6 * 3_600_000;

/** When each finding appeared or came back for the last time, by fingerprint. */
export type Begins = ReadonlyMap<string, number>;

/** One that came back was first seen long ago; what matters is when it came back. */
export function beganMs({ fingerprint, firstSeen }: Finding, begins: Begins): number {
  return begins.get(fingerprint) ?? Date.parse(firstSeen);
}

/** What hurts, and since when. */
export interface Symptoms {
  findings: readonly Finding[];
  /** Endpoints among them, in full: `shop GET /orders`. */
  endpoints: readonly Finding[];
  /** Of the earliest; null without any. */
  sinceMs: number | null;
}

export function symptomsOf(findings: readonly Finding[], begins: Begins, nowMs: number): Symptoms {
  const all = findings.filter((finding) => isOpen(finding) && FELT_RULES.has(finding.rule));
  const fresh = all.filter((finding) => nowMs - beganMs(finding, begins) <= FRESH_MS);
  const felt = fresh.length > 0 ? fresh : all;
  const times = felt.map((finding) => beganMs(finding, begins));
  return {
    findings: felt,
    endpoints: felt.filter(({ subject }) => subject.kind === 'endpoint' || subject.kind === 'target'),
    sinceMs: times.length === 0 ? null : Math.min(...times),
  };
}
