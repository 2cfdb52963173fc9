import type { CauseCandidate } from './types.ts';

/** A candidate before its parts are added up. */
export interface Draft extends Omit<CauseCandidate, 'score'> {
  /** What it is about, as `release 2.4.1` or `dependency billing`: those about the same thing strengthen the best of them. */
  about: readonly string[];
  /** Of a release: to which part of its traffic it comes down. */
  narrowedTo?: string | null;
}

/** A part of a score, to two digits, so that parts as printed add up. */
export function part(name: string, value: number): { name: string; value: number } {
  return { name, value: Math.round(value * 100) / 100 };
}

export function scoreOf({ parts }: Pick<Draft, 'parts'>): number {
  return Math.round(parts.reduce((sum, { value }) => sum + value, 0) * 100) / 100;
}

export function toCandidate(draft: Draft): CauseCandidate {
  const { kind, title, evidence, counterCheck, next } = draft;
  const raw = scoreOf(draft);
  const over = raw > 1 ? [part('no more than 1', 1 - raw)] : [];
  const parts = [...draft.parts, ...over].filter(({ value }) => value !== 0);
  return { kind, title, score: Math.min(1, Math.max(0, raw)), parts, evidence, counterCheck, next };
}
