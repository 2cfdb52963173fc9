import { type Draft, part } from '../draft.ts';
import type { IncidentFacts } from '../facts.ts';

/** A message that says what is wrong is worth more than one that says how it went wrong. */
const WORTH = { cause: 0.55, mechanism: 0.45 } as const;
const MIN_SHARE = 0.3;

export interface SignatureFindings {
  drafts: readonly Draft[];
  /** What symptoms mean: no cause, and still worth knowing. */
  notes: readonly string[];
}

export function signatureCandidates({ signatures, isNew }: IncidentFacts): SignatureFindings {
  const drafts: Draft[] = [];
  const notes: string[] = [];
  for (const { signature, share, groups } of signatures) {
    const { explains, title, meaning, fix, counterCheck, next } = signature;
    if (share < MIN_SHARE) continue;
    if (explains === 'symptom') {
      notes.push(`The message says that ${title}: ${meaning}`);
      continue;
    }
    drafts.push({
      kind: 'signature',
      title: `${title[0]?.toUpperCase()}${title.slice(1)}`,
      parts: [part('says so', WORTH[explains] * share), part('never seen before', isNew ? 0.05 : 0)],
      evidence: [meaning, `so says ${groups.slice(0, 3).join(', ')}`, `to do: ${fix}`],
      counterCheck: `Against it would speak: ${counterCheck}`,
      next,
      about: [],
    });
  }
  return { drafts, notes };
}
