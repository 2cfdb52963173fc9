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

export function toCandidate({ about: _, narrowedTo: __, ...draft }: Draft): CauseCandidate {
  const raw = scoreOf(draft);
  if (raw <= 1)
    return { ...draft, parts: draft.parts.filter(({ value }) => value !== 0), score: Math.max(0, raw) };
  return { ...draft, parts: [...draft.parts, part('no more than 1', 1 - raw)], score: 1 };
}
