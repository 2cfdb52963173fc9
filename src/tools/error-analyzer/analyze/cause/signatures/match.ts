import type { ErrorGroup } from '../../model.ts';
import { DATABASE_SIGNATURES } from './database.ts';
import { NETWORK_SIGNATURES } from './network.ts';
import { RESOURCE_SIGNATURES } from './resources.ts';
import type { Signature } from './types.ts';

/** One entry a known message; order does not matter. */
export const SIGNATURES: readonly Signature[] = [
  ...DATABASE_SIGNATURES,
  ...NETWORK_SIGNATURES,
  ...RESOURCE_SIGNATURES,
];

const MAX_TEXT = 4_096;
const MAX_SAMPLES = 8;

export interface SignatureMatch {
  signature: Signature;
  /** Records in groups it knows, over those of the largest group, at most 1. */
  share: number;
  groups: readonly string[];
}

/** Titles with variables in place may have lost a code; a sample still has it, in its text or in a field. Untrusted. */
export function textOfGroup({ title, samples }: ErrorGroup): string {
  const texts = samples
    .slice(0, MAX_SAMPLES)
    .map(({ text, fields }) =>
      [
        text.slice(0, MAX_TEXT),
        ...Object.entries(fields).map(([name, value]) => `${name}=${value.slice(0, 200)}`),
      ].join('\n'),
    );
  return [title.slice(0, MAX_TEXT), ...texts].join('\n');
}

/** Signatures that know at least one of the groups, that of the largest share first. `weights`: records of each group that are to be explained. */
export function matchSignatures(groups: readonly ErrorGroup[], weights: readonly number[]): SignatureMatch[] {
  // Of the largest group, not of all: one failure is often logged as several errors.
  const largest = Math.max(1, ...weights);
  const texts = groups.map(textOfGroup);
  return SIGNATURES.flatMap((signature): SignatureMatch[] => {
    const known = groups.flatMap((_, index) => (signature.pattern.test(texts[index] ?? '') ? [index] : []));
    if (known.length === 0) return [];
    const weight = known.reduce((sum, index) => sum + (weights[index] ?? 0), 0);
    const ids = known.flatMap((index) => groups[index]?.id ?? []);
    return [{ signature, share: Math.min(1, weight / largest), groups: ids }];
  }).toSorted((a, b) => b.share - a.share);
}
