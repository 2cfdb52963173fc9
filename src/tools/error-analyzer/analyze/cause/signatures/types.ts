import type { Topic } from '../topics.ts';

/** A message whose meaning is known, with what to do and with what would speak against it. */
export interface Signature {
  id: string;
  /** What it is, as the title of a candidate. */
  title: string;
  /** Tested against titles and samples. Linear: no nested repetition, nothing that can run away on hostile text. */
  pattern: RegExp;
  /**
   * How far it explains: `cause` names what is wrong itself (a full disk), `mechanism` how it goes wrong (a pool that is
   * empty; what empties it is another question), `symptom` only that something did (a timeout): never a candidate alone.
   */
  explains: 'cause' | 'mechanism' | 'symptom';
  topics: readonly Topic[];
  meaning: string;
  fix: string;
  /** What to look at that would speak against it. */
  counterCheck: string;
  /** The command of ours that looks at it, where there is one. */
  next: string | null;
  /** Lines, invented, that it must know, and lines near to it that it must not. */
  examples: { matches: readonly string[]; not: readonly string[] };
}
