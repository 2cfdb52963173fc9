import type { Topic } from './snapshot.ts';

/** A right, an extension or a setting that our role lacks, and what is therefore unknown. */
export interface MissingGrant {
  /** One sentence without a full stop: `sessions and statements of other users are hidden`. */
  reason: string;
  /** Complete statements for the server, to be run by its owner. */
  grant: string;
  /** What is unknown, or only partly known, without it. */
  topics: readonly Topic[];
  /** Beyond topics: `EXPLAIN`, `planner statistics`. */
  also: readonly string[];
}
